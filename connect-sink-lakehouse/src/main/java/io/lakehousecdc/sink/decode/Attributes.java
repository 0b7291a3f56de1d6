// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.List;

/** Parsers of the metadata in {@code source}, and of their flattened copies. */
final class Attributes {
  private Attributes() {}

  /**
   * The position of an event at the source.
   *
   * @param source source that the event comes from
   * @param sequence {@code ["commit LSN","LSN"]} as text, or as the list that a header converter
   *     made of it; may be null
   * @param lsn used if there is no sequence; may be null
   * @param snapshot {@code source.snapshot}; may be null
   * @param isRead whether the operation is {@code r}
   * @param commitMicros commit time, microseconds since the epoch; 0 if unknown
   * @throws DecodeException if the sequence is malformed
   */
  static SourcePosition sourcePosition(
      SourceId source,
      Object sequence,
      Object lsn,
      Object snapshot,
      boolean isRead,
      long commitMicros) {
    long commit = SourcePosition.UNSEQUENCED;
    long own = number(lsn, SourcePosition.NONE);
    if (sequence instanceof String text) {
      int comma = text.indexOf(',');
      commit = lsn(text, 0, comma);
      own = lsn(text, comma + 1, text.length());
      if (comma < 0 || own == SourcePosition.NONE) {
        throw new DecodeException(
            "source.sequence is not of the form [\"commit LSN\",\"LSN\"].", text);
      }
    } else if (sequence instanceof List<?> list && list.size() == 2) {
      commit = number(list.get(0), SourcePosition.NONE);
      own = number(list.get(1), SourcePosition.NONE);
    }
    return new SourcePosition(
        source, commit, own, snapshot(snapshot, isRead, commit), commitMicros);
  }

  /**
   * The kind of snapshot. Rows of a blocking snapshot have the same marker as those of an initial
   * one, but a commit LSN, by which they are ordered like streamed changes.
   */
  private static Snapshot snapshot(Object marker, boolean isRead, long commit) {
    if (marker == null || !isRead && !"incremental".equals(marker.toString())) {
      return Snapshot.NO;
    }
    boolean hasCommitLsn = commit > SourcePosition.NONE;
    return switch (marker.toString()) {
      case "incremental" -> Snapshot.INCREMENTAL;
      case "true", "first", "first_in_data_collection" ->
          hasCommitLsn ? Snapshot.BLOCKING : Snapshot.INITIAL;
      case "last", "last_in_data_collection" ->
          hasCommitLsn ? Snapshot.BLOCKING : Snapshot.INITIAL_LAST;
      default -> Snapshot.NO;
    };
  }

  /** Microseconds of the finest of three times; 0 if all are null. */
  static long micros(Object micros, Object millis, Object nanos) {
    if (micros != null) {
      return number(micros, 0);
    }
    return millis != null ? number(millis, 0) * 1_000 : number(nanos, 0) / 1_000;
  }

  /** A number, or a number as text (as in headers); {@code absent} for anything else. */
  static long number(Object value, long absent) {
    if (value instanceof Number number) {
      return number.longValue();
    }
    return value instanceof String text && text.matches("-?\\d{1,18}")
        ? Long.parseLong(text)
        : absent;
  }

  /**
   * The number made of the digits between two indexes; {@link SourcePosition#NONE} if there is no
   * digit, as in {@code null}.
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
