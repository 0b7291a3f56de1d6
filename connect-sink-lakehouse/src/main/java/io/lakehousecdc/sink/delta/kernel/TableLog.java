// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.CommitRange;
import io.delta.kernel.CommitRangeBuilder.CommitBoundary;
import io.delta.kernel.Operation;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.Transaction;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.utils.FileStatus;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.Requests;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The transaction log of one table. Stateless and thread-safe; failures are {@link
 * RetriableException} (the store) or {@link FatalException} (a table that cannot be written).
 */
public final class TableLog {
  /** No clean-up takes a log entry that is younger than this: its table would have no readers. */
  private static final Duration SHORT = Duration.ofMinutes(1);

  private final FileIO store;
  private final Requests requests;
  private final Engine engine;
  private final String location;
  private final LogFailures failures;
  private final LogTransactions transactions;
  private final TableDefinition definition;
  private final LogEntries entries;
  private final LogSuccessors successors;

  /**
   * @param location of the table, as {@link FileIO#resolve} writes it
   */
  public TableLog(FileIO store, String location) {
    this.store = store;
    this.requests = Requests.of(store);
    this.engine = new LogEngine(store);
    this.location = location;
    this.failures = new LogFailures(location);
    this.entries = new LogEntries(store, location, failures);
    this.successors = new LogSuccessors(entries, requests);
    this.transactions = new LogTransactions(engine, location, entries, failures);
    this.definition = new TableDefinition(engine, location, transactions, failures);
  }

  /** Location of the table, without a slash at the end. */
  public String location() {
    return location;
  }

  /** Columns, properties and partitioning, and the commits that change them. */
  public TableDefinition definition() {
    return definition;
  }

  /**
   * Location of another table that this one lies in, or that lies below it; empty where there is
   * none. Each would take the files of the other for remains of its own.
   */
  public Optional<String> nested() {
    try {
      int scheme = location.indexOf("://");
      int end = location.lastIndexOf('/');
      while (end > (scheme < 0 ? 0 : scheme + 2)) {
        if (isTable(location.substring(0, end))) {
          return Optional.of(location.substring(0, end));
        }
        end = location.lastIndexOf('/', end - 1);
      }
      List<String> below = new ArrayList<>();
      store.walk(
          location,
          file -> {
            int log = file.location().indexOf("/_delta_log/", location.length() + 1);
            if (log >= 0 && below.isEmpty()) {
              below.add(file.location().substring(0, log));
            }
          });
      return below.stream().findFirst();
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failures.ofStore("look for tables around", e);
    }
  }

  /** Not where the credentials do not reach, as above {@code delta.root}: there is none of ours. */
  private boolean isTable(String directory) throws IOException {
    try {
      return store.exists(directory + "/_delta_log");
    } catch (IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof AccessDeniedException) {
          return false;
        }
      }
      throw e;
    }
  }

  /** The newest version; empty where there is no table. */
  public Optional<TableVersion> latest() {
    return failures.translated(
        "read",
        () -> {
          try {
            if (!store.exists(location + "/_delta_log")) {
              return Optional.empty();
            }
            return Optional.of(opened(TableManager.loadSnapshot(location).build(engine)));
          } catch (TableNotFoundException e) {
            return Optional.empty();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * A later version that processes of this sink have committed since a known one, found as quickly
   * as can be: for commits that build on domains alone. Empty where there is none, or where others
   * have committed, or columns have changed: {@link #latest} tells more.
   *
   * @param known a version that is {@link TableVersion#knowing} its domains
   */
  public Optional<TableVersion> later(TableVersion known) {
    return successors.after(known);
  }

  /**
   * Begins to look whether a version that was the newest still is. Takes two requests. That no
   * entry follows is not enough: a clean-up of the log takes the entry of the version first and
   * then those after it, and who commits in their place writes what no reader finds. Nor is it the
   * newest where the table was dropped, and perhaps made anew with as many commits, which the entry
   * itself tells.
   *
   * <p>The order matters, too. Where the entry of the version is there after none was found to
   * follow it, none has followed it before either. In the other order a clean-up between the two
   * could have taken both. It would have to take an entry that was made since the version was last
   * seen to be the newest: so the requests are made at the same time only shortly after that.
   *
   * @param since for how long it has not been looked at
   */
  public Look look(TableVersion version, Duration since) {
    if (since.compareTo(SHORT) >= 0) {
      return new Look(
          List.of(
              requests.begin(() -> !entries.has(version.number() + 1) && entries.has(version))));
    }
    return new Look(
        List.of(
            requests.begin(() -> !entries.has(version.number() + 1)),
            requests.begin(() -> entries.has(version))));
  }

  /**
   * Whether the log has the entry of a version.
   *
   * @param entry as {@link TableVersion#entry} tells it
   */
  public boolean holds(long version, String entry) {
    return entries.identity(version).filter(entry::equals).isPresent();
  }

  /** Who made the commit of a version; empty where the log does not hold it. */
  public Optional<CommitInfo> commitInfo(long version) {
    return entries.commitInfo(version);
  }

  /**
   * An older version.
   *
   * @throws FatalException the log no longer holds it
   */
  public TableVersion version(long number) {
    return failures.translated(
        "read version " + number + " of",
        () -> opened(TableManager.loadSnapshot(location).atVersion(number).build(engine)));
  }

  private TableVersion opened(Snapshot snapshot) {
    FileStatus newest = ((SnapshotImpl) snapshot).getLogSegment().getDeltaFileAtEndVersion();
    return new TableVersion(engine, snapshot, entries.identityAsListed(newest).orElse(""));
  }

  /**
   * Commits on top of {@code base}, or not at all. The files named must be durable already.
   *
   * @throws CommitConflictException another writer committed first
   * @throws RetriableException the store failed; the commit may nevertheless have happened, which
   *     the log tells: look for the domains that it sets
   */
  public TableVersion commit(TableVersion base, NewCommit commit) throws CommitConflictException {
    Transaction transaction =
        transactions.update(base.plain(), Operation.STREAMING_UPDATE).build(engine);
    commit
        .domains()
        .forEach(
            (domain, value) ->
                value.ifPresentOrElse(
                    text -> transaction.addDomainMetadata(domain, text),
                    () -> transaction.removeDomainMetadata(domain)));
    long now = System.currentTimeMillis();
    List<Row> actions = new ArrayList<>();
    commit.removed().forEach(file -> actions.add(Actions.remove(file, now, commit.dataChange())));
    commit.added().forEach(file -> actions.add(Actions.add(file, commit.dataChange())));
    commit.changes().forEach(file -> actions.add(Actions.change(file)));
    return base.followedBy(transactions.commit(transaction, actions));
  }

  /**
   * What changed between two versions; empty where the log no longer tells, or where they are not
   * versions of one table, the second later than the first.
   */
  public Optional<LogChanges> changes(TableVersion known, TableVersion now) {
    if (now.number() <= known.number()
        || !now.tableId().equals(known.tableId())
        || !entries.has(known)
        || !entries.has(known.number() + 1)) {
      return Optional.empty();
    }
    return failures.translated(
        "read the changes of",
        () -> {
          CommitRange range =
              TableManager.loadCommitRange(location, CommitBoundary.atVersion(known.number() + 1))
                  .withEndBoundary(CommitBoundary.atVersion(now.number()))
                  .build(engine);
          return Optional.of(LogChangeReader.read(engine, range, location));
        });
  }
}
