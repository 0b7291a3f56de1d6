// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/**
 * The part of a batch's truncates and sweep that is committed ahead of the batch, piece by piece,
 * where it takes more than a piece: the rows that have to be written again, as softly deleted, as
 * what is left of their files or for the change data feed. A commit of all of them would take
 * hours, all of it for nothing where another writer comes first.
 *
 * <p>A piece says nothing of offsets: these, the rest of the rows and the batch's changes are one
 * commit, as always. So a process may die between pieces. The batch is then read again, and finds
 * the rows that are left: those of earlier pieces are gone, or stand at the position of what has
 * deleted them, which is no longer below it. With the first piece the table remembers the truncates
 * and the sweep: an older change that another task brings meanwhile, or after a process has died,
 * could not be completed from a row that is gone. Rows under the batch's own keys are spared,
 * because its changes may take values from them: no row vanishes that the batch writes.
 *
 * <p>For one batch, over all attempts; not thread-safe.
 */
public final class RemovalsAhead {
  /** Stored size of the rows of a piece. */
  public static final long PIECE_BYTES = 64 << 20;

  /** What a row takes beside its values: its key, and its place in the index and in sets. */
  private static final int BYTES_PER_ROW = 32;

  private final TableBatch batch;
  private final TableOptions options;
  private final Histories histories;
  private final long pieceBytes;
  private final Map<Floor, Map<String, Scan>> scanned = new HashMap<>();

  /**
   * @param histories tell which of them remembered truncates hold for
   * @param pieceBytes stored size of the rows of a piece
   */
  public RemovalsAhead(
      TableBatch batch, TableOptions options, Histories histories, long pieceBytes) {
    this.batch = batch;
    this.options = options;
    this.histories = histories;
    this.pieceBytes = pieceBytes;
  }

  /**
   * What was found in a file. It holds for as long as the rows that were deleted then still are.
   *
   * @param covered rows below the floor
   */
  private record Scan(RoaringBitmap deleted, RoaringBitmap covered) {}

  /** Rows that a floor removes. */
  private record Removal(Floor floor, Operation operation, RowSet rows) {}

  /**
   * Whether the batch may remove rows that it has no change for, and is not refused for want of a
   * key.
   */
  public boolean isPossible() {
    return options.writeMode() == WriteMode.UPSERT
        && (batch.schema().hasKey() || batch.changes().isEmpty())
        && (!batch.truncates().isEmpty() || batch.sweep().isPresent());
  }

  /**
   * The next piece; empty where what is left is no more than a piece.
   *
   * @param fitting the batch as the version has its columns
   * @param due the batch's sweep, where it is to be carried out
   */
  public Optional<BatchPlan> next(TableBatch fitting, TableState state, Optional<Sweep> due)
      throws IOException {
    boolean soft = options.deleteMode() == DeleteMode.SOFT;
    boolean rewrites =
        soft
            ? state.shape().hasDeletedFlag()
            : state.version().feedsChanges() || !state.version().allowsDeletionVectors();
    if (!rewrites) {
      return Optional.empty();
    }
    Map<Floor, Operation> floors = new LinkedHashMap<>();
    batch.truncates().forEach(floor -> floors.put(floor, Operation.TRUNCATE));
    due.filter(sweep -> sweep.mode() == Sweep.Mode.REMOVE)
        .ifPresent(sweep -> floors.putIfAbsent(sweep.floor(), Operation.DELETE));
    if (!mayTakeMoreThanAPiece(state, floors)) {
      return Optional.empty();
    }
    OneSourceTable.require(
        batch,
        new Floors(state.floors().floors(histories, options.relation()))
            .and(List.copyOf(floors.keySet())),
        histories);
    RowSet taken = ownRows(fitting, options, state);
    List<Removal> removals = new ArrayList<>();
    long left = pieceBytes;
    for (Map.Entry<Floor, Operation> floor : floors.entrySet()) {
      RowSet rows = new RowSet();
      for (LiveFile file : state.files()) {
        RoaringBitmap found = left <= 0 ? new RoaringBitmap() : found(state, file, floor.getKey());
        if (taken.rows(file) != null) {
          found.andNot(taken.rows(file));
        }
        if (!found.isEmpty()) {
          RoaringBitmap piece = piece(state, file, found, left);
          left -= bytes(state, file, piece);
          rows.addAll(file, piece);
        }
      }
      taken.addAll(rows);
      removals.add(new Removal(floor.getKey(), floor.getValue(), rows));
    }
    return left > 0 ? Optional.empty() : Optional.of(plan(removals, state.floors()));
  }

  private BatchPlan plan(List<Removal> removals, RememberedFloors remembered) {
    boolean soft = options.deleteMode() == DeleteMode.SOFT;
    RowSet removed = new RowSet();
    List<RowUpdate> softDeletes = new ArrayList<>();
    long truncated = 0;
    long orphaned = 0;
    for (Removal removal : removals) {
      removed.addAll(removal.rows);
      if (soft && !removal.rows.isEmpty()) {
        softDeletes.add(new SoftDelete(removal.rows, removal.operation, removal.floor.at()));
      }
      if (removal.operation == Operation.TRUNCATE) {
        truncated += removal.rows.count();
      } else {
        orphaned += removal.rows.count();
      }
    }
    return new BatchPlan(
        List.of(),
        LentRows.NONE,
        softDeletes,
        removed,
        List.of(),
        Optional.of(remembered.with(removals.stream().map(Removal::floor).toList()))
            .filter(next -> !next.equals(remembered)),
        new CommitReceipt(0, truncated, 0, 0, orphaned));
  }

  /** By statistics alone, so that small tables are looked at once. */
  private boolean mayTakeMoreThanAPiece(TableState state, Map<Floor, Operation> floors) {
    long most = 0;
    for (LiveFile file : state.files()) {
      if (floors.keySet().stream().anyMatch(floor -> !file.bounds().noneCovered(floor))) {
        most += perRow(file) * file.liveRows();
      }
    }
    return most >= pieceBytes;
  }

  /** Rows under keys that the batch has changes of. */
  private static RowSet ownRows(TableBatch batch, TableOptions options, TableState state)
      throws IOException {
    RowSet own = new RowSet();
    if (batch.changes().isEmpty()) {
      return own;
    }
    BatchMapping mapping = new BatchMapping(batch, state.shape(), options.schemalessTime());
    KeyMap keys = state.keys(mapping.keyNames(), mapping.numbersAsText());
    List<KeyBits> wanted = new ArrayList<>();
    for (RowChange change : batch.changes()) {
      wanted.add(keys.encode(mapping.key(change.key())));
      if (change.formerRow() != null && change.formerRow().key() != null) {
        wanted.add(keys.encode(mapping.key(change.formerRow().key())));
      }
    }
    for (StoredRow row : state.find(wanted)) {
      if (row != null) {
        own.add(row.file(), row.row());
      }
    }
    return own;
  }

  /** Rows of a file below a floor; a new set. */
  private RoaringBitmap found(TableState state, LiveFile file, Floor floor) throws IOException {
    Map<String, Scan> files = scanned.computeIfAbsent(floor, key -> new HashMap<>());
    Scan scan = files.get(file.path());
    if (scan == null || !file.deleted().contains(scan.deleted)) {
      RoaringBitmap covered = CoveredRows.below(floor, state, file);
      scan = new Scan(file.deleted(), covered);
      files.put(file.path(), scan);
    }
    RoaringBitmap left = RoaringBitmap.andNot(scan.covered, file.deleted());
    if (left.isEmpty() && !scan.covered.isEmpty()) {
      files.put(file.path(), new Scan(file.deleted(), left));
    }
    return left;
  }

  /** As many of the rows as there is room for; all of them where the file is copied as a whole. */
  private static RoaringBitmap piece(
      TableState state, LiveFile file, RoaringBitmap rows, long left) {
    long fitting = Math.max(1, left / perRow(file) + 1);
    return state.version().allowsDeletionVectors() && fitting < rows.getLongCardinality()
        ? rows.limit((int) fitting)
        : rows;
  }

  private static long bytes(TableState state, LiveFile file, RoaringBitmap rows) {
    long written =
        state.version().allowsDeletionVectors() ? rows.getLongCardinality() : file.liveRows();
    return perRow(file) * written;
  }

  private static long perRow(LiveFile file) {
    return BYTES_PER_ROW + file.file().size() / Math.max(1, file.rows());
  }
}
