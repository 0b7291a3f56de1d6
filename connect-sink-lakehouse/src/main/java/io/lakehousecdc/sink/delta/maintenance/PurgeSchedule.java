// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.kernel.TableVersion;
import java.time.Duration;

/**
 * When files that hold deleted rows are written anew without them. A replaced file is kept for the
 * retention of the vacuum, so that this has to be done as much earlier; and a part of the time that
 * is left is kept for the doing.
 *
 * @param after time after which nothing of a deleted row is stored
 * @param retention for how long a file is kept after it was replaced; less than {@code after}
 * @param targetBytes size of files that are written
 */
public record PurgeSchedule(Duration after, Duration retention, long targetBytes) {
  private static final Duration LONGEST_LEAD = Duration.ofDays(1);
  private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

  public PurgeSchedule {
    if (retention.compareTo(after) >= 0) {
      throw new IllegalArgumentException(
          "Files are kept for " + retention + ", and shall be gone after " + after);
    }
  }

  /** Age of a file's first deleted row at which the file is written anew. */
  public Duration rewriteAfter() {
    return after.minus(retention).minus(lead());
  }

  /** Time between two looks, of the vacuum, too: whether or not there are commits. */
  public Duration interval() {
    return shorter(LONGEST_INTERVAL, lead().dividedBy(4));
  }

  /**
   * For how long replaced files of a table may be kept that asks for more: at most half of the
   * time, so that the other half is left until its files are written again.
   */
  private Duration most() {
    Duration half = after.dividedBy(2);
    return half.compareTo(retention) > 0 ? half : retention;
  }

  /**
   * For how long replaced files of a table are kept: as long as the settings or the table itself
   * say, but no longer than lets deleted rows go in time.
   */
  Duration keptBy(TableVersion version) {
    Duration wanted = version.deletedFileRetention().orElse(Duration.ZERO);
    return wanted.compareTo(retention) <= 0 ? retention : shorter(wanted, most());
  }

  /** The same for a table that keeps replaced files for another time. */
  PurgeSchedule keeping(Duration longer) {
    return new PurgeSchedule(after, longer, targetBytes);
  }

  private Duration lead() {
    return shorter(LONGEST_LEAD, after.minus(retention).dividedBy(4));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
