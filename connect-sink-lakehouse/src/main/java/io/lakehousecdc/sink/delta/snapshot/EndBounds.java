// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a file's statistics tell of the ends of its versions, deleted rows included.
 *
 * @param current most versions that can be current
 * @param ended most versions that can have ended
 * @param earliest no ended version ends before it, in microseconds since the epoch
 * @param latest none ends after it
 */
public record EndBounds(long current, long ended, long earliest, long latest) {
  /** Statistics tell milliseconds, cut downwards. */
  private static final long CUT_MICROS = 999;

  /**
   * @param end physical name of the column that tells when a version ends
   */
  public static EndBounds of(LiveFile file, String end) {
    AddStatistics stats = file.file().stats();
    OptionalLong nulls =
        stats == null ? OptionalLong.empty() : stats.integer(List.of("nullCount", end));
    if (nulls.isEmpty()) {
      return new EndBounds(file.rows(), file.rows(), Long.MIN_VALUE, Long.MAX_VALUE);
    }
    return new EndBounds(
        nulls.getAsLong(),
        file.rows() - nulls.getAsLong(),
        stats.text(List.of("minValues", end)).flatMap(EndBounds::micros).orElse(Long.MIN_VALUE),
        stats
            .text(List.of("maxValues", end))
            .flatMap(EndBounds::micros)
            .map(micros -> micros + CUT_MICROS)
            .orElse(Long.MAX_VALUE));
  }

  /** Whether an ended version may end at that time. */
  public boolean mayEndAt(long micros) {
    return ended > 0 && earliest <= micros && micros <= latest;
  }

  /** Whether an ended version may end after that time. */
  public boolean mayEndAfter(long micros) {
    return ended > 0 && latest > micros;
  }

  private static Optional<Long> micros(String text) {
    try {
      return Optional.of(
          ChronoUnit.MICROS.between(Instant.EPOCH, OffsetDateTime.parse(text).toInstant()));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
