// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When a batch is handed over before {@link PipelineOptions.Flushing#interval}: once the writer has
 * nothing to do, and has rested for {@link #REST} times as long as its last commit took, and for
 * 140 ms, or three tenths of the interval where that is less. So it is at work for a fifth of the
 * time at most, however few changes there are. The second limit bounds the number of commits where
 * they are quick: each costs the target the same, whatever is in it. Used by the task thread only.
 *
 * <p>A batch waits as long as more records are at hand, for two reasons. The bigger the batches of
 * a backlog, the less each change costs. And changes of one transaction are sent together, so that
 * the target gets them together, too.
 */
final class IdleFlush {
  /** Pauses between commits are so many times as long as these. */
  static final int REST = 4;

  /** A poll of so many records was not waited for: more are at hand. */
  static final int BACKLOG = 200;

  /** Where records never stop coming, a batch waits for the end of them that part of the time. */
  private static final int STEADY_PART = 10;

  /** The least pause between commits is so many tenths of the interval, and no longer than this. */
  private static final int LEAST_REST_TENTHS = 3;

  private static final long LEAST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(140);

  /** Longest time until the next look, where the last poll has brought something. */
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final long intervalNanos;
  private final long leastRestNanos;
  private int polled;

  /**
   * @param interval the longest that a batch may take
   */
  IdleFlush(Duration interval) {
    this.intervalNanos = TimeUnit.NANOSECONDS.convert(interval); // the longest, if it is longer
    this.leastRestNanos = Math.min(intervalNanos / 10 * LEAST_REST_TENTHS, LEAST_REST_NANOS);
  }

  /** What the writer does, and has done. */
  sealed interface Activity {
    /**
     * It commits.
     *
     * @param nanos for how long so far
     */
    record Working(long nanos) implements Activity {}

    /**
     * It waits for a batch.
     *
     * @param nanos for how long so far
     * @param lastNanos how long it worked before
     */
    record Resting(long nanos, long lastNanos) implements Activity {}
  }

  /** Takes note of how many records the last poll has brought. */
  void polled(int records) {
    polled = records;
  }

  /**
   * Whether a batch is due.
   *
   * @param ageNanos time since its first record
   */
  boolean isDue(long ageNanos, Activity activity) {
    return nanosOfRest(activity) <= 0 && nanosUntilEnough(ageNanos) <= 0;
  }

  /**
   * Time after which {@link #isDue} has to be asked again, in nanoseconds.
   *
   * @param ageNanos time since the batch's first record
   */
  long nanosUntilDue(long ageNanos, Activity activity) {
    long enough = nanosUntilEnough(ageNanos);
    return Math.max(nanosOfRest(activity), enough <= 0 ? 0 : Math.min(enough, SOON_NANOS));
  }

  /** What is left of the rest; while the writer works, the least that it will be. */
  private long nanosOfRest(Activity activity) {
    return activity instanceof Activity.Resting resting
        ? restAfter(resting.lastNanos()) - resting.nanos()
        : Math.max(1, restAfter(((Activity.Working) activity).nanos()));
  }

  private long restAfter(long workNanos) {
    return Math.max(leastRestNanos, REST * workNanos);
  }

  /** Time until no more records are waited for. */
  private long nanosUntilEnough(long ageNanos) {
    if (polled == 0) {
      return 0;
    }
    long patience = intervalNanos / (polled < BACKLOG ? STEADY_PART : 1);
    return patience - ageNanos;
  }
}
