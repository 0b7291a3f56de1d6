package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.SourceMark;
import io.lakehousecdc.sink.change.SourceMark.Snapshot;
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
  static SourceMark mark(
      Object sequence, Object lsn, Object snapshot, boolean isRead, long commitMicros) {
    long commit = SourceMark.NONE;
    long own = number(lsn, SourceMark.NONE);
    if (sequence instanceof String text) {
      int comma = text.indexOf(',');
      commit = lsn(text, 0, comma);
      own = lsn(text, comma + 1, text.length());
      if (comma < 0 || own == SourceMark.NONE) {
        throw new DecodeException(
            "source.sequence is '%s' and not [\"commit LSN\",\"LSN\"].".formatted(text));
      }
    } else if (sequence instanceof List<?> list && list.size() == 2) {
      commit = number(list.get(0), SourceMark.NONE);
      own = number(list.get(1), SourceMark.NONE);
    }
    return new SourceMark(commit, own, snapshot(snapshot, isRead, commit), commitMicros);
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
          isRead && commit == SourceMark.NONE ? Snapshot.INITIAL : Snapshot.NO;
      case "last", "last_in_data_collection" ->
          isRead && commit == SourceMark.NONE ? Snapshot.INITIAL_LAST : Snapshot.NO;
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

  /** The digits between two places; {@link SourceMark#NONE} where there are none, as in null. */
  private static long lsn(String text, int from, int to) {
    long value = SourceMark.NONE;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit >= 0 && digit <= 9) {
        value = (value == SourceMark.NONE ? 0 : value * 10) + digit;
      }
    }
    return value;
  }
}
