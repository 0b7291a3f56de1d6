// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.KeyMoves;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.RowIds;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.PositionBounds;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.Uploads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/**
 * The writer of stored rows anew: as a truncate or a sweep leaves them, or as copies in tables
 * without deletion vectors. Rows go from file to file one by one, and their keys are held in
 * primitive form, up to a number: of files beyond, the keys are read again when the commit is made.
 * So it needs the same memory for any number of rows. For one commit; not thread-safe.
 */
final class RowRewriter {
  /** Size at which a file is completed and another begun. */
  private static final long FILE_BYTES = 64 << 20;

  /** Keys held in memory, 20 bytes each. */
  private static final int KEYS = 2_000_000;

  private final TableState state;
  private final String table;
  private final RowIds rowIds;
  private final List<String> locations;
  private final Uploads uploads;
  private final List<Rewritten> files = new ArrayList<>();
  private final EncodedKey encoded = new EncodedKey();
  private StoredKeys stored;
  private int keysLeft = KEYS;
  private Map<String, String> partition;
  private String name;
  private RowFileWriter writer;
  private KeyMoves keys;

  /**
   * @param table location of the table
   * @param rowIds row ids for all files of the commit
   * @param locations is told of every file before it is begun
   * @param uploads make the files durable
   */
  RowRewriter(
      TableState state, String table, RowIds rowIds, List<String> locations, Uploads uploads) {
    this.uploads = uploads;
    this.state = state;
    this.table = table;
    this.rowIds = rowIds;
    this.locations = locations;
  }

  /**
   * A file of rows that were stored elsewhere before.
   *
   * @param keys where the index is to find them; empty where it has to read the file
   */
  record Rewritten(LiveFile file, Optional<KeyMoves> keys) {}

  /** Writes the rows as they are after an update. */
  void update(RowUpdate update) throws IOException {
    try {
      for (List<LiveFile> partition : update.rows().partitions(state)) {
        for (LiveFile source : partition) {
          rewrite(source, update);
        }
      }
      finish();
    } finally {
      close();
    }
  }

  private void rewrite(LiveFile source, RowUpdate update) throws IOException {
    state
        .rowFiles()
        .read(
            source,
            update.rows().rows(source),
            state.shape().columns(),
            (row, values) -> {
              Object[] updated = update.applied(values, state.shape());
              write(state.shape().partitioning().of(updated), updated);
            });
  }

  /** Writes rows of a file as they are, to files of their own. */
  void copy(LiveFile source, RoaringBitmap rows) throws IOException {
    try {
      state
          .rowFiles()
          .read(
              source,
              rows,
              state.shape().columns(),
              (row, values) -> write(source.file().partitionValues(), values));
      finish();
    } finally {
      close();
    }
  }

  /** All files that were written. */
  List<Rewritten> files() {
    return files;
  }

  private void write(Map<String, String> rowPartition, Object[] row) throws IOException {
    if (writer != null
        && (!rowPartition.equals(partition) || writer.bufferedSize() >= FILE_BYTES)) {
      finish();
    }
    if (writer == null) {
      begin(rowPartition);
    }
    if (keys != null) {
      addKey(row);
    }
    writer.write(state.shape().partitioning().stored(row));
  }

  private void begin(Map<String, String> filePartition) throws IOException {
    partition = filePartition;
    name = BatchFiles.newName();
    locations.add(table + "/" + name);
    writer =
        state.rowFiles().create(table + "/" + name, state.shape().partitioning().storedColumns());
    stored = state.keys() == null ? null : StoredKeys.indexed(state.keys(), state.shape());
    keys = stored == null || keysLeft == 0 ? null : new KeyMoves();
  }

  private void addKey(Object[] row) {
    if (!stored.encode(row, encoded)) {
      return;
    }
    if (keysLeft == 0) {
      keys = null;
      return;
    }
    keysLeft--;
    keys.add(encoded, writer.rows());
  }

  private void finish() throws IOException {
    if (writer == null) {
      return;
    }
    WrittenFile written = writer.finish(uploads);
    writer = null;
    DataFile file =
        rowIds.given(
            DataFile.written(
                name, partition, written.size(), System.currentTimeMillis(), written.statistics()),
            written.rows());
    LiveFile live =
        new LiveFile(
            file,
            table + "/" + name,
            written.rows(),
            new RoaringBitmap(),
            PositionBounds.of(file, state.shape()));
    if (keys != null) {
      keys.arrange();
    }
    files.add(new Rewritten(live, Optional.ofNullable(keys)));
    keys = null;
  }

  private void close() throws IOException {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }
}
