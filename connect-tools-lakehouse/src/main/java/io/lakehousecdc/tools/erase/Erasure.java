// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.tools.UsageException;
import io.lakehousecdc.tools.erase.Finding.Place;
import io.lakehousecdc.tools.removal.KeyText;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * One run: search, removal, and the search that proves it. What it is about to remove is recorded
 * before, so that a run that dies has left its trace.
 */
final class Erasure {
  private static final String AGAIN =
      "found again after it was removed: the sink or another program has written it; run this again";

  private static final int ROUNDS = 5;
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Subject subject;
  private final Wanted wanted;
  private final Optional<Topics> topics;
  private final String run = UUID.randomUUID().toString();
  private final Instant began = Instant.now();

  /**
   * The options.
   *
   * @param sourceKey key by the names of columns at the source
   * @param source where the row must be gone
   * @param eventTopic topic that is told
   */
  record Wanted(
      PostgresOptions freeing,
      boolean evenIfLive,
      boolean keepChangeFeed,
      Duration logAge,
      KeyText sourceKey,
      Optional<SourceRow> source,
      Optional<String> eventTopic) {}

  /** What is done. */
  enum Mode {
    DRY,
    ERASE
  }

  Erasure(Subject subject, Wanted wanted, Optional<Topics> topics) {
    this.subject = subject;
    this.wanted = wanted;
    this.topics = topics;
  }

  Report run(Mode mode) throws SQLException, IOException {
    KeyHash hash = KeyHash.of(subject.table().toString(), subject.key());
    try (TargetErasure target =
        TargetErasure.open(
            subject,
            wanted.freeing(),
            new ErasureOptions(
                wanted.evenIfLive(),
                wanted.keepChangeFeed(),
                wanted.logAge(),
                vacuumRetention()))) {
      requireWholeKey();
      topics.ifPresent(Topics::requireReachable);
      Search before = target.search();
      if (mode == Mode.DRY) {
        return report(hash, before, stillThere(before.findings(), "found"), before, false);
      }
      if (before.ofSeveralKeys()) {
        throw new UsageException(
            "Several rows of table "
                + subject.table()
                + " have these values: name all columns of the key. (Rows that share a key, which"
                + " other programs have written, have to be made one before.)");
      }
      if (!wanted.evenIfLive()) {
        requireGone(before);
      }
      if (before.findings().isEmpty()) {
        return finished(target, hash, before, List.of(), before);
      }
      record(target, hash, before, Optional.empty(), before.findings());
      List<Finding> left = target.erase();
      Search after = target.search();
      for (int round = 1; round < ROUNDS && isWorthAnother(remaining(left, after)); round++) {
        pause();
        left = target.erase();
        after = target.search();
      }
      return finished(target, hash, before, remaining(left, after), after);
    }
  }

  /** A running sink may have been about to merge files that were replaced: it gives that up. */
  private static boolean isWorthAnother(List<Finding> remaining) {
    return remaining.stream()
        .anyMatch(
            each ->
                each.place() == Place.UNNAMED_FILE
                    || each.remains().filter(AGAIN::equals).isPresent());
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UsageException("Interrupted; run this again.", e);
    }
  }

  private Duration vacuumRetention() {
    String text = subject.sink().targetSettings().text(DeltaSettings.VACUUM_RETENTION);
    return text == null ? Duration.ofDays(7) : DeltaSettings.retention(text);
  }

  /** Rows of a log, and versions that are over, do not tell of how many keys they are. */
  private void requireWholeKey() {
    if (!subject.missingColumns().isEmpty()) {
      throw new UsageException(
          "The setting key.columns makes "
              + String.join(", ", subject.keyColumns())
              + " the key of table "
              + subject.table()
              + ": name all columns of the key.");
    }
    if (subject.hasWholeKey()) {
      return;
    }
    if (wanted
        .source()
        .filter(source -> source.mayShare(subject.sourceTable(), wanted.sourceKey()))
        .isPresent()) {
      throw new UsageException(
          "No unique key of the source's table "
              + subject.sourceTable()
              + " consists of the columns given, so that rows of others may have the same values:"
              + " name all columns of the key. (Where the sink's key is unique without an index at"
              + " the source, leave --source-url out.)");
    }
  }

  private void requireGone(Search search) {
    boolean sourceHasIt =
        wanted
            .source()
            .filter(source -> source.exists(subject.sourceTable(), wanted.sourceKey()))
            .isPresent();
    if (sourceHasIt) {
      throw new UsageException(
          "The source still has the row: the sink would bring it back with its next change. Delete"
              + " it there, wait until the target has followed, and run this again; or use"
              + " --even-if-live.");
    }
    if (search.live()) {
      throw new UsageException(
          "Table "
              + subject.table()
              + " has the row as one that the source still has: the sink would bring it back with"
              + " its next change. Delete it at the source, wait until the target has followed, and"
              + " run this again. (A delete that the sink does not apply, because of"
              + " delete.mode=ignore or a TRUNCATE of a log, needs --even-if-live.)");
    }
  }

  /** Each place once: what the removal says of it is more than that it was found again. */
  private static List<Finding> remaining(List<Finding> left, Search after) {
    Map<List<Object>, Finding> remaining = new LinkedHashMap<>();
    stillThere(after.findings(), AGAIN)
        .forEach(each -> remaining.put(List.of(each.place(), each.where()), each));
    left.forEach(each -> remaining.put(List.of(each.place(), each.where()), each));
    return List.copyOf(remaining.values());
  }

  private static List<Finding> stillThere(List<Finding> findings, String reason) {
    return findings.stream()
        .map(each -> each.remains().isPresent() ? each : each.remaining(reason))
        .toList();
  }

  private Report finished(
      TargetErasure target, KeyHash hash, Search before, List<Finding> left, Search after)
      throws SQLException {
    Report report = report(hash, before, left, after, true);
    record(target, hash, before, Optional.of(Instant.now()), report.remains());
    if (wanted.eventTopic().isPresent()) {
      topics.orElseThrow().send(wanted.eventTopic().get(), run, report.json());
    }
    return report;
  }

  private Report report(
      KeyHash hash, Search before, List<Finding> left, Search after, boolean done) {
    List<Finding> found = new ArrayList<>(before.findings());
    List<Finding> remains = new ArrayList<>(left);
    List<String> searched = new ArrayList<>(after.searched());
    List<String> unchecked = new ArrayList<>(after.unchecked());
    if (wanted.source().isEmpty()
        && !subject.hasWholeKey()
        && subject.sink().tables().writeMode() != WriteMode.UPSERT) {
      unchecked.add(
          "whether the columns given are all of the key, so that no row of others has their values:"
              + " --source-url tells, also with --dry-run");
    }
    if (topics.isPresent()) {
      Topics.Found inTopics = topics.get().search();
      found.addAll(inTopics.findings());
      remains.addAll(inTopics.findings());
      inTopics.searched().forEach(topic -> searched.add("topic " + topic));
      unchecked.addAll(inTopics.unchecked());
    }
    return new Report(
        run,
        subject.table().toString(),
        hash,
        List.copyOf(found),
        List.copyOf(remains),
        List.copyOf(searched),
        List.copyOf(unchecked),
        done);
  }

  private void record(
      TargetErasure target,
      KeyHash hash,
      Search before,
      Optional<Instant> finished,
      List<Finding> remains)
      throws SQLException {
    OptionalLong lsn = before.deleteLsn();
    target.record(
        new Evidence(
            run,
            subject.table().toString(),
            String.join(",", subject.key().names()),
            hash.hash(),
            hash.salt(),
            began,
            finished,
            lsn.isPresent() ? Optional.of(lsn.getAsLong()) : Optional.empty(),
            Report.json(before.findings()),
            Report.json(remains),
            target.pendingLog()));
  }
}
