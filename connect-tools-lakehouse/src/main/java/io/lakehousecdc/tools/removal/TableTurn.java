// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import io.lakehousecdc.sink.delta.domain.CommitQueue;
import io.lakehousecdc.sink.delta.domain.CommitQueue.Ticket;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The attempts at a commit to a Delta table, beside sinks that commit more often than one can be
 * planned here. Who has lost two asks them for a turn: they leave the table to the first of its
 * {@link CommitQueue} for a time. It is a courtesy: whether a commit is made is decided by the log.
 * For one commit and one thread.
 */
public final class TableTurn {
  private static final int ATTEMPTS = 20;

  /** Attempts that may be lost before sinks are asked to wait: some commit ten times a second. */
  private static final int PATIENCE = 2;

  /** Commits of a ticket in a row that may be lost. */
  private static final int REQUESTS = 200;

  /** What is asked for, in times that the last attempt took. */
  private static final int MARGIN = 4;

  private static final long LEAST_MILLIS = 10_000;
  private static final long PAUSE_MILLIS = 50;

  private final TableLog log;
  private Optional<Ticket> mine = Optional.empty();

  /**
   * @param log of the table
   */
  public TableTurn(TableLog log) {
    this.log = log;
  }

  /** Reads the newest version of the table. */
  @FunctionalInterface
  public interface Newest {
    ReadTable read() throws IOException;
  }

  /** One attempt at the commit. */
  @FunctionalInterface
  public interface Attempt<T> {

    /**
     * Commits on top of a version, with what {@link #passedOn} tells, or {@link #leave}s where
     * there is nothing to commit.
     *
     * @throws CommitConflictException another writer committed first
     */
    T commit(ReadTable newest) throws IOException, CommitConflictException;
  }

  /**
   * Makes attempts until one is not lost.
   *
   * @throws RetriableException all were lost, or the thread was interrupted
   */
  public <T> T take(Newest newest, Attempt<T> attempt) throws IOException {
    for (int number = 1; ; number++) {
      long began = System.nanoTime();
      ReadTable table = newest.read();
      try {
        return attempt.commit(table);
      } catch (CommitConflictException e) {
        if (number == ATTEMPTS) {
          throw new RetriableException(
              log.location() + ": other writers came first " + ATTEMPTS + " times", e);
        }
        if (number >= PATIENCE) {
          await(table, Duration.ofNanos(System.nanoTime() - began));
        }
      }
    }
  }

  /**
   * Waits until it is this process's turn, or those before have had their time. Returns without a
   * turn where others came first all the time.
   *
   * @param known a version of the table
   * @param attempt how long the last attempt has taken
   */
  void await(ReadTable known, Duration attempt) {
    CommitQueue queue = queue();
    if (mine.filter(queue::contains).isEmpty()) {
      queue = ask(known, attempt);
    }
    if (mine.isEmpty()) {
      return;
    }
    long before =
        queue.waiting().stream()
            .takeWhile(ticket -> !ticket.equals(mine.orElseThrow()))
            .mapToLong(Ticket::millis)
            .sum();
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(before);
    while (!queue.first().equals(mine) && System.nanoTime() < until) {
      pause();
      queue = queue();
    }
  }

  private CommitQueue queue() {
    return CommitQueue.of(log.latest().map(TableVersion::domains).orElse(Map.of()));
  }

  private CommitQueue ask(ReadTable known, Duration attempt) {
    long millis = Math.max(LEAST_MILLIS, MARGIN * attempt.toMillis());
    Ticket ticket = new Ticket(UUID.randomUUID().toString(), millis);
    mine = Optional.empty();
    TableVersion newest = known.knowingVersion();
    for (int request = 1; request <= REQUESTS; request++) {
      newest = newest(newest);
      CommitQueue queue = CommitQueue.of(newest.domains()).with(ticket);
      try {
        log.commit(newest, NewCommit.ofDomains(Map.of(CommitQueue.NAME, queue.text())));
        mine = Optional.of(ticket);
        return queue;
      } catch (CommitConflictException e) {
        // The ticket is for the next version then.
      }
    }
    return CommitQueue.of(newest.domains());
  }

  private TableVersion newest(TableVersion known) {
    TableVersion newest = known;
    for (Optional<TableVersion> later = log.later(newest);
        later.isPresent();
        later = log.later(newest)) {
      newest = later.get();
    }
    return newest;
  }

  /**
   * Domains to set, or to remove where empty, by a commit that ends the turn.
   *
   * @param domains those of the version that the commit builds on
   */
  public Map<String, Optional<String>> passedOn(Map<String, String> domains) {
    CommitQueue queue = CommitQueue.of(domains);
    return mine.filter(queue::contains)
        .map(ticket -> queue.without(ticket::equals))
        .map(next -> Map.of(CommitQueue.NAME, next.text()))
        .orElse(Map.of());
  }

  /**
   * Ends the turn, where there is nothing to commit. Others wait for its time where one of them has
   * committed meanwhile.
   */
  public void leave(ReadTable newest) {
    Map<String, Optional<String>> domains = passedOn(newest.version().domains());
    try {
      if (!domains.isEmpty()) {
        log.commit(newest.knowingVersion(), NewCommit.ofDomains(domains));
      }
    } catch (CommitConflictException e) {
      // They pass over a ticket whose time is over.
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetriableException("Interrupted while others commit to the table", e);
    }
  }
}
