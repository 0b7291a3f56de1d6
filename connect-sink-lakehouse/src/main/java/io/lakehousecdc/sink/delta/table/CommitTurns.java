// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.domain.CommitQueue;
import io.lakehousecdc.sink.delta.domain.CommitQueue.Ticket;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The turns that processes take at committing to one table. Without them a commit that takes long
 * never ends beside another process that makes short ones in a loop: each finds its version
 * outdated.
 *
 * <p>Who has lost twice in a row puts itself into a queue in the table's log ({@link CommitQueue}),
 * by a commit of nothing else, which is as short as any. Everybody who finds a queue takes a place
 * in it and waits to be the first. The commit of the first takes its ticket out, at once with its
 * rows.
 *
 * <p>A first one that does not commit within the time that it has asked for is passed over, and the
 * next commit takes its ticket out, too: it may have died, or be slower than it thought, and then
 * it asks for more. Each process measures that time by its own clock, from when it first saw the
 * ticket in front, so that clocks need not agree. The queue protects nothing: a process that does
 * not know of it, or has slept through its turn, conflicts at the log as ever.
 *
 * <p>Guarded by its {@link DeltaTable}.
 */
final class CommitTurns {
  private static final Logger LOG = LoggerFactory.getLogger(CommitTurns.class);

  /** Attempts that may be lost before a place in the queue is taken. */
  private static final int PATIENCE = 2;

  /** How many times the longest attempt so far is asked for, where that is not long. */
  private static final int MARGIN = 4;

  /**
   * The same where it is long, as a dead owner delays the others by as much: one attempt that is
   * lost to others who take a place in the queue, one that is not, and something to spare.
   */
  private static final int MARGIN_OF_LONG = 3;

  private static final long LEAST_MILLIS = 5_000;
  private static final long LONG_MILLIS = 120_000;

  private static final long MOST_MILLIS = TimeUnit.HOURS.toMillis(3);

  /**
   * Attempts to get into the queue in a row, which cost two or three requests to the store each.
   */
  private static final int REQUESTS = 20;

  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LAST_PAUSE_MILLIS = 250;

  private final TableLog log;
  private final TableHead head;
  private final TurnClock clock;
  private final Map<Ticket, Long> seenInFront = new HashMap<>();
  private Ticket mine = ticket(0);
  private OptionalLong began = OptionalLong.empty();
  private long longestNanos;

  CommitTurns(TableLog log, TableHead head, TurnClock clock) {
    this.log = log;
    this.head = head;
    this.clock = clock;
  }

  /**
   * Waits until it is this process's turn; the head is the newest version then.
   *
   * @param lost number of attempts in a row that others came before, this commit's last one
   *     included
   * @return whether the head may have changed meanwhile
   * @throws CommitConflictException another writer committed first: it is to be asked again
   * @throws RetriableException the thread was interrupted
   */
  boolean await(int lost) throws IOException, CommitConflictException {
    attemptEnded(lost);
    boolean waited = false;
    long pause = FIRST_PAUSE_MILLIS;
    while (head.state() != null) {
      CommitQueue queue = live(CommitQueue.of(head.domains()));
      Optional<Ticket> first = queue.first();
      if (first.isEmpty() ? lost < PATIENCE : first.get().equals(mine)) {
        break;
      }
      waited = true;
      if (queue.contains(mine)) {
        clock.pause(pause);
        pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
        head.refresh();
      } else {
        ask(queue);
      }
    }
    began = OptionalLong.of(clock.nanos());
    return waited;
  }

  private void attemptEnded(int lost) {
    if (lost == 0) {
      longestNanos = 0;
    } else if (began.isPresent()) {
      longestNanos = Math.max(longestNanos, clock.nanos() - began.getAsLong());
    }
    began = OptionalLong.empty();
  }

  /** Domains that a commit sets, or removes where empty, so that the next one has its turn. */
  Map<String, Optional<String>> passedOn() {
    CommitQueue queue = CommitQueue.of(head.domains());
    CommitQueue next = live(queue).without(mine::equals);
    return next.equals(queue) ? Map.of() : Map.of(CommitQueue.NAME, next.text());
  }

  /**
   * Takes this process's ticket out of the queue, where it has nothing to commit any more.
   *
   * @throws CommitConflictException another writer committed first: it is to be asked again
   */
  void leave() throws CommitConflictException {
    if (head.state() != null && CommitQueue.of(head.domains()).contains(mine)) {
      commit(passedOn());
    }
  }

  /**
   * Takes a place in the queue. Where others come first it goes on at once, on top of the entries
   * that they have added to the log: it needs to know no more of them than the queue, and so is
   * quicker than any commit of rows. Who read their files, too, could lose to them for good.
   */
  private void ask(CommitQueue queue) throws IOException, CommitConflictException {
    head.confirm();
    mine = ticket(longestNanos);
    LOG.info("{}: others commit more quickly; this process asks for a turn", log.location());
    TableVersion newest = head.state().version();
    CommitQueue now = queue;
    for (int request = 1; ; request++) {
      try {
        log.commit(newest, NewCommit.ofDomains(Map.of(CommitQueue.NAME, now.with(mine).text())));
        break;
      } catch (CommitConflictException e) {
        Optional<TableVersion> later = log.later(newest);
        if (request == REQUESTS || later.isEmpty()) {
          throw e;
        }
        newest = later.get();
        now = live(CommitQueue.of(newest.domains()));
      }
    }
    head.refresh();
  }

  private void commit(Map<String, Optional<String>> domains) throws CommitConflictException {
    TableVersion now = log.commit(head.state().version(), NewCommit.ofDomains(domains));
    head.state().committed(now, List.of(), List.of(), domains);
  }

  private static Ticket ticket(long attemptNanos) {
    long attempt = TimeUnit.NANOSECONDS.toMillis(attemptNanos);
    long wanted = Math.max(Math.min(MARGIN * attempt, LONG_MILLIS), MARGIN_OF_LONG * attempt);
    return new Ticket(
        UUID.randomUUID().toString(), Math.min(Math.max(wanted, LEAST_MILLIS), MOST_MILLIS));
  }

  /** Those who wait, without those who had their time in front. */
  private CommitQueue live(CommitQueue queue) {
    seenInFront.keySet().removeIf(ticket -> !queue.contains(ticket));
    CommitQueue live = queue;
    while (live.first().filter(this::isOverdue).isPresent()) {
      Ticket overdue = live.first().get();
      live = live.without(overdue::equals);
    }
    return live;
  }

  private boolean isOverdue(Ticket first) {
    if (first.equals(mine)) {
      return false;
    }
    long now = clock.nanos();
    long since = seenInFront.computeIfAbsent(first, ticket -> now);
    return now - since >= TimeUnit.MILLISECONDS.toNanos(Math.min(first.millis(), MOST_MILLIS));
  }
}
