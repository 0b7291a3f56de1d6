// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.StatusWrites;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.sink.spi.TableStatus.Told;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What has happened to tables and is not stored yet. It goes along with a commit when the interval
 * is over, or is taken by the {@link StatusReporter}. Whatever becomes of it, commits are the same.
 * Thread-safe.
 */
final class StatusBook {
  /** What is told of a failure at most, in characters. */
  private static final int LONGEST_TEXT = 1_000;

  private final StatusOptions options;
  private final StatusWrites writes;
  private final LongSupplier clock;
  private final Map<Key, TableStatus> pending = new LinkedHashMap<>();

  /** All topics and tables that the task has had changes of, the last one of a topic last. */
  private final Set<Key> seen = new LinkedHashSet<>();

  /** What goes along with the commit under way; null where none does. */
  private UnderWay underWay;

  private long writtenAt;

  /**
   * @param commit its id
   * @param earlier what was pending before
   * @param all that, and what the commit adds
   */
  private record UnderWay(CommitId commit, List<TableStatus> earlier, List<TableStatus> all) {}

  /**
   * @param clock as {@link System#nanoTime}
   */
  StatusBook(StatusOptions options, StatusWrites writes, LongSupplier clock) {
    this.options = options;
    this.writes = writes;
    this.clock = clock;
    this.writtenAt = clock.getAsLong() - options.interval().orElse(Duration.ZERO).toNanos();
  }

  /** A book in which nothing is written. */
  static StatusBook off() {
    return new StatusBook(StatusOptions.OFF, StatusWrites.APART, () -> 0);
  }

  boolean isOff() {
    return options.interval().isEmpty();
  }

  /**
   * An attempt at the commit of a batch, with the status of tables where it is due. Of several
   * attempts that take it along, one succeeds.
   */
  synchronized Commit begin(SealedBatch batch) {
    Commit commit = batch.commit();
    boolean isBegun = underWay != null && underWay.commit().equals(commit.id());
    if (!isBegun) {
      ended();
      if (isOff() || writes == StatusWrites.APART || !isIntervalOver(Duration.ZERO)) {
        return commit;
      }
    }
    List<TableStatus> earlier = isBegun ? underWay.earlier() : take();
    Map<Key, TableStatus> all = new LinkedHashMap<>();
    add(all, earlier);
    add(all, StatusTally.of(batch.content(), nowMicros()));
    underWay = new UnderWay(commit.id(), earlier, List.copyOf(all.values()));
    return commit.with(underWay.all());
  }

  /** A batch has been committed. */
  synchronized void committed(SealedBatch batch, CommitReceipt receipt) {
    if (isOff()) {
      return;
    }
    boolean isWritten = receipt.isStatusWritten() && underWay != null;
    if (isWritten) {
      underWay.all().forEach(each -> see(each.key()));
      underWay = null;
      writtenAt = clock.getAsLong();
      return;
    }
    ended();
    List<TableStatus> news = receipt.addedTo(StatusTally.of(batch.content(), nowMicros()));
    news.forEach(each -> see(each.key()));
    add(pending, news);
  }

  /** Nothing is under way any more: what was to go along is pending again. */
  synchronized void ended() {
    if (underWay != null) {
      giveBack(underWay.earlier());
      underWay = null;
    }
  }

  /**
   * A record was rejected.
   *
   * @param table its table; null where that is not known
   * @param kind of the reason
   * @param message of the reason
   */
  synchronized void rejected(String topic, TableId table, String kind, String message) {
    if (isOff()) {
      return;
    }
    Key key = table == null ? lastOf(topic) : new Key(topic, table);
    add(pending, List.of(TableStatus.none(key).rejected(told(kind, message))));
  }

  /** A batch could not be committed, for now or for good. */
  synchronized void failed(SealedBatch batch, Throwable failure) {
    if (isOff()) {
      return;
    }
    List<Key> concerned =
        StatusTally.of(batch.content(), nowMicros()).stream().map(TableStatus::key).toList();
    failed(concerned.isEmpty() ? seen : concerned, failure);
  }

  private void failed(Collection<Key> concerned, Throwable failure) {
    if (isOff()) {
      return;
    }
    Told told = told(failure);
    List<TableStatus> news = new ArrayList<>();
    concerned.forEach(key -> news.add(TableStatus.none(key).failed(told)));
    add(pending, news);
  }

  /**
   * Whether something waits for longer than the interval.
   *
   * @param grace that a commit has to take it along
   */
  synchronized boolean isDue(Duration grace) {
    return !pending.isEmpty() && isIntervalOver(grace);
  }

  /** Takes what waits; to be given back where it cannot be stored. */
  synchronized List<TableStatus> take() {
    List<TableStatus> taken = List.copyOf(pending.values());
    pending.clear();
    return taken;
  }

  /** What was taken is stored. */
  synchronized void stored() {
    writtenAt = clock.getAsLong();
  }

  /** What was taken is not stored. */
  synchronized void giveBack(List<TableStatus> taken) {
    List<TableStatus> later = List.copyOf(pending.values());
    pending.clear();
    add(pending, taken);
    add(pending, later);
  }

  private boolean isIntervalOver(Duration grace) {
    return clock.getAsLong() - writtenAt >= options.interval().orElseThrow().plus(grace).toNanos();
  }

  private static void add(Map<Key, TableStatus> to, List<TableStatus> news) {
    news.forEach(each -> to.merge(each.key(), each, TableStatus::plus));
  }

  private void see(Key key) {
    seen.remove(key);
    seen.add(key);
  }

  private Key lastOf(String topic) {
    Key last = null;
    for (Key each : seen) {
      last = each.topic().equals(topic) ? each : last;
    }
    return last == null ? new Key(topic, options.tables().apply(topic)) : last;
  }

  /** Only messages of targets are known to hold no values. */
  private Told told(Throwable failure) {
    return told(
        failure.getClass().getSimpleName(),
        failure instanceof TargetException ? failure.getMessage() : null);
  }

  private Told told(String kind, String message) {
    String text = options.reasons() == StatusOptions.Reasons.KINDS ? null : message;
    if (text == null) {
      return new Told(kind + ", see the worker's log", nowMicros());
    }
    return new Told(storable(text), nowMicros());
  }

  /**
   * The beginning of a text, without what no target stores: a refusal would come again for ever.
   */
  private static String storable(String text) {
    String begin = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text;
    String paired = new String(begin.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return paired.replace('\0', '?');
  }

  private static long nowMicros() {
    return System.currentTimeMillis() * 1_000;
  }
}
