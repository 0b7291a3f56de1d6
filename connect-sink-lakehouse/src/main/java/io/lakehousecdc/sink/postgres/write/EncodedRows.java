// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.codec.SpareBuffer;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rows of a batch as COPY takes them.
 *
 * @param changes they are encoded from, in key order
 * @param layout where they are to be copied
 * @param bytes the rows, without the head and the end of a COPY
 * @param counts number of rows of each {@link StagedRowKind}
 * @param longest length, at most, that the longest row has in the staging table
 * @param nulls columns declared NOT NULL that are to receive NULL
 * @param spare where {@code bytes} go once they are sent
 */
record EncodedRows(
    List<RowChange> changes,
    RowLayout layout,
    CopyBuffer bytes,
    int[] counts,
    long longest,
    Set<PgColumn> nulls,
    SpareBuffer spare) {
  /** A batch of more bytes is encoded and sent piece by piece instead. */
  private static final int MAX_BYTES = 32 << 20;

  /**
   * Encodes a batch in key order; empty where it is too large to be kept, or where a value does not
   * fit, which is left to be reported by the one who writes.
   *
   * @param spare gives the buffer
   */
  static Optional<EncodedRows> of(RowLayouts layouts, List<RowChange> batch, SpareBuffer spare) {
    List<RowChange> changes = KeyOrder.sorted(batch);
    StagedRowKind[] kinds = new StagedRowKind[changes.size()];
    for (int number = 0; number < kinds.length; number++) {
      kinds[number] = StagedRowKind.of(changes.get(number), layouts.plan());
    }
    RowLayout layout = layouts.of(changes, kinds);
    RowEncoder encoder = new RowEncoder(layouts.plan());
    CopyBuffer bytes = spare.take(layouts.expectedBytes(kinds.length));
    int[] counts = new int[StagedRowKind.values().length];
    long longest = 0;
    try {
      for (int number = 0; number < kinds.length && bytes.size() < MAX_BYTES; number++) {
        counts[kinds[number].ordinal()]++;
        RowChange change = changes.get(number);
        switch (layout) {
          case STAGED -> encoder.staged(number, kinds[number], change, bytes);
          case STAGED_WHOLE -> encoder.stagedWhole(number, kinds[number], change, bytes);
          case STORED -> encoder.stored(change, bytes);
        }
        longest = Math.max(longest, encoder.rowBytes());
      }
    } catch (RecordException e) {
      return Optional.empty();
    }
    layouts.encoded(kinds.length, bytes.size());
    return bytes.size() < MAX_BYTES
        ? Optional.of(
            new EncodedRows(changes, layout, bytes, counts, longest, encoder.nulls(), spare))
        : Optional.empty();
  }

  /** The server has the rows: {@link #bytes} must not be read any more. */
  void sent() {
    spare.giveBack(bytes);
  }
}
