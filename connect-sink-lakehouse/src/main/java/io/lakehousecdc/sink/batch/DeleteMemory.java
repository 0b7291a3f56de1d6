// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers deletes for a bounded time and number, so that an older change which comes late (from
 * another partition) cannot bring a row back. Not thread-safe.
 */
public final class DeleteMemory {
  private final int maxEntries;
  private final long maxAgeNanos;
  private final Map<Deleted, Remembered> entries = new LinkedHashMap<>();

  /**
   * @param maxEntries deletes kept at most; 0 switches the memory off
   * @param maxAgeMillis how long a delete is kept
   */
  public DeleteMemory(int maxEntries, long maxAgeMillis) {
    this.maxEntries = maxEntries;
    this.maxAgeNanos = maxAgeMillis * 1_000_000;
  }

  /**
   * Notes a delete seen at {@code nowNanos} ({@link System#nanoTime}).
   *
   * @param commitMicros its commit time, microseconds since the epoch; 0 where not known
   */
  public void remember(
      TableId table, RowKey key, Position position, long commitMicros, long nowNanos) {
    if (maxEntries == 0) {
      return;
    }
    Deleted deleted = new Deleted(table, key);
    Remembered known = entries.remove(deleted);
    boolean newer = known == null || !position.isBelow(known.position);
    entries.put(
        deleted,
        newer
            ? new Remembered(position, commitMicros, nowNanos)
            : new Remembered(known.position, known.commitMicros, nowNanos));
    Iterator<Remembered> oldest = entries.values().iterator();
    while (oldest.hasNext()) {
      if (nowNanos - oldest.next().nanos <= maxAgeNanos && entries.size() <= maxEntries) {
        break;
      }
      oldest.remove();
    }
  }

  /**
   * The delete of the row that is known to have come after {@code position}, by another
   * transaction: within one, events of a key come in order, and are read again in order.
   *
   * @return null where none is known
   */
  public Deletion deletionAfter(TableId table, RowKey key, Position position, long commitMicros) {
    if (entries.isEmpty()) {
      return null;
    }
    Remembered known = entries.get(new Deleted(table, key));
    boolean later =
        known != null
            && position.isBelow(known.position)
            && !(position.isOfSameTransaction(known.position)
                && commitMicros == known.commitMicros
                && commitMicros > 0);
    return later ? new Deletion(known.position, known.commitMicros) : null;
  }

  /** Forgets all deletes. */
  public void clear() {
    entries.clear();
  }

  /** Number of deletes remembered. */
  public int size() {
    return entries.size();
  }

  /**
   * A delete.
   *
   * @param commitMicros microseconds since the epoch; 0 where not known
   */
  public record Deletion(Position position, long commitMicros) {}

  private record Deleted(TableId table, RowKey key) {}

  private record Remembered(Position position, long commitMicros, long nanos) {}
}
