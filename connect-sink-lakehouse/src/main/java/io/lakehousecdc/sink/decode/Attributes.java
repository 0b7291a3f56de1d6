// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.List;

/** Makes marks and numbers of what {@code source} and its flattened copies say. */
final class Attributes {
  private Attributes() {}

  /**
   * @param sequence {@code ["commit LSN","LSN"]} as text, or as the list that a header converter
   *     made of it; may be null
   * @param lsn used where there is no sequence; may be null
   * @param snapshot {@code source.snapshot}; may be null
   * @param isRead whether the operation is {@code r}
   * @param commitMicros commit time; 0 where unknown
   */
  static SourcePosition sourcePosition(
      Object sequence, Object lsn, Object snapshot, boolean isRead, long commitMicros) {
    long commit = SourcePosition.NONE;
    long own = number(lsn, SourcePosition.NONE);
    if (sequence instanceof String text) {
      int comma = text.indexOf(',');
      commit = lsn(text, 0, comma);
      own = lsn(text, comma + 1, text.length());
      if (comma < 0 || own == SourcePosition.NONE) {
        throw new DecodeException(
            "source.sequence is '%s' and not [\"commit LSN\",\"LSN\"].".formatted(text));
      }
    } else if (sequence instanceof List<?> list && list.size() == 2) {
      commit = number(list.get(0), SourcePosition.NONE);
      own = number(list.get(1), SourcePosition.NONE);
    }
    return new SourcePosition(commit, own, snapshot(snapshot, isRead, commit), commitMicros);
  }

  /**
   * Rows of a blocking snapshot say {@code true}, too, but have a commit LSN: they stand in the
   * stream.
   */
  private static Snapshot snapshot(Object marker, boolean isRead, long commit) {
    if (marker == null) {
      return Snapshot.NO;
    }
    return switch (marker.toString()) {
      case "incremental" -> Snapshot.INCREMENTAL;
      case "true", "first", "first_in_data_collection" ->
          isRead && commit == SourcePosition.NONE ? Snapshot.INITIAL : Snapshot.NO;
      case "last", "last_in_data_collection" ->
          isRead && commit == SourcePosition.NONE ? Snapshot.INITIAL_LAST : Snapshot.NO;
      default -> Snapshot.NO;
    };
  }

  /** Microseconds of the finest of three times; 0 where all are null. */
  static long micros(Object micros, Object millis, Object nanos) {
    if (micros != null) {
      return number(micros, 0);
    }
    return millis != null ? number(millis, 0) * 1_000 : number(nanos, 0) / 1_000;
  }

  /** A number, or a number in text (as headers hold it); {@code absent} for anything else. */
  static long number(Object value, long absent) {
    if (value instanceof Number number) {
      return number.longValue();
    }
    return value instanceof String text && text.matches("-?\\d{1,18}")
        ? Long.parseLong(text)
        : absent;
  }

  /**
   * The digits between two places; {@link SourcePosition#NONE} where there are none, as in null.
   */
  private static long lsn(String text, int from, int to) {
    long value = SourcePosition.NONE;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit >= 0 && digit <= 9) {
        value = (value == SourcePosition.NONE ? 0 : value * 10) + digit;
      }
    }
    return value;
  }
}
