// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.delta.ReadTables;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.tools.reconcile.TableProgress.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.roaringbitmap.RoaringBitmap;

/** The rows of a Delta table, read from its files without those that are deleted. */
final class DeltaTargetRows implements TargetRows {
  private final ReadTables tables;
  private final TablePair pair;
  private final String connector;
  private final List<Function<Object, Object>> forms;
  private final RowHash hash;
  private final OnFiles files;

  /**
   * @param forms canonical form of the values of each column of the pair
   * @param parallel number of files that are read at a time
   */
  DeltaTargetRows(
      ReadTables tables,
      TablePair pair,
      String connector,
      List<Function<Object, Object>> forms,
      int parallel,
      Pace pace) {
    this.tables = tables;
    this.pair = pair;
    this.connector = connector;
    this.forms = List.copyOf(forms);
    this.hash =
        new RowHash(pair.columns().stream().map(ComparedColumn::form).toList(), pair.keys().size());
    this.files = new OnFiles(parallel, pace);
  }

  /** The newest version, with the columns that are read of it. */
  private final class Version {
    private final ReadTable table;
    private final List<DeltaColumn> columns = new ArrayList<>();
    private final int deleted;
    private final int ended;
    private final int time;
    private final int position;

    Version() {
      table =
          tables
              .latest(pair.target())
              .orElseThrow(
                  () -> new FatalException("There is no table " + pair.target() + " any more."));
      TableShape shape = table.shape();
      columns.addAll(shape.columns(pair.columns().stream().map(ComparedColumn::target).toList()));
      deleted = add(shape, shape.deletedPlace());
      ended = shape.versions().map(own -> add(shape, own.endPlace())).orElse(-1);
      time = add(shape, shape.timePlace());
      position = shape.positionColumns().isEmpty() ? -1 : columns.size();
      columns.addAll(shape.positionColumns());
    }

    private int add(TableShape shape, int place) {
      if (place < 0) {
        return -1;
      }
      columns.add(shape.columns().get(place));
      return columns.size() - 1;
    }

    boolean isLive(Object[] cells) {
      return (deleted < 0 || !Boolean.TRUE.equals(cells[deleted]))
          && (ended < 0 || cells[ended] == null);
    }

    /** The compared columns in their canonical forms. */
    Object[] values(Object[] cells) {
      Object[] values = new Object[forms.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = cells[i] == null ? null : forms.get(i).apply(cells[i]);
      }
      return values;
    }

    boolean isSince(Object[] cells, long micros) {
      return time >= 0 && cells[time] != null && (Long) cells[time] >= micros;
    }

    String version(Object[] cells) {
      Position found = position < 0 ? null : TableShape.position(cells, position);
      return found == null
          ? Long.toString(table.version().number())
          : found.epoch() + "/" + found.commitLsn() + "/" + found.lsn();
    }
  }

  @Override
  public List<Key> sum(Buckets buckets, long since, TableProgress progress) throws IOException {
    Version version = new Version();
    List<Key> moved = new ArrayList<>();
    Buckets late = buckets.alike();
    long all = Math.max(1, version.table.files().stream().mapToLong(LiveFile::liveRows).sum());
    files.forEach(
        version.table,
        file -> {
          Buckets own = buckets.alike();
          Buckets ownLate = buckets.alike();
          List<Key> keys = new ArrayList<>();
          version.table.rows(
              file,
              version.columns,
              (row, cells) -> {
                if (!version.isLive(cells)) {
                  return;
                }
                Object[] values = version.values(cells);
                if (version.isSince(cells, since)) {
                  ownLate.addAlone(hash.ofKey(values), hash.ofRow(values));
                  if (keys.size() <= MOST_MOVED) {
                    keys.add(key(values));
                  }
                } else {
                  own.addAlone(hash.ofKey(values), hash.ofRow(values));
                }
              });
          buckets.add(own);
          late.add(ownLate);
          synchronized (moved) {
            moved.addAll(keys);
          }
          progress.read(Stage.TARGET, file.liveRows(), (double) file.liveRows() / all);
        });
    if (moved.size() > MOST_MOVED) {
      buckets.add(late);
      return List.of();
    }
    return moved;
  }

  @Override
  public Map<Key, Long> list(BitSet wanted, int count) throws IOException {
    Version version = new Version();
    Map<Key, Long> found = new HashMap<>();
    files.forEach(
        version.table,
        file -> {
          Map<Key, Long> own = new HashMap<>();
          version.table.rows(
              file,
              version.columns,
              (row, cells) -> {
                if (version.isLive(cells)) {
                  Object[] values = version.values(cells);
                  if (wanted.get((int) (hash.ofKey(values) & count - 1))) {
                    own.merge(key(values), hash.ofRow(values), Buckets::together);
                  }
                }
              });
          synchronized (found) {
            own.forEach((key, rows) -> found.merge(key, rows, Buckets::together));
          }
        });
    return found;
  }

  /** Keys are read of all files, the other columns of the rows that have one of these keys. */
  @Override
  public Map<Key, Look> look(Collection<Key> keys) throws IOException {
    Version version = new Version();
    Set<Key> wanted = new HashSet<>(keys);
    Map<Key, Look> found = new HashMap<>();
    files.forEach(
        version.table,
        file -> {
          RoaringBitmap rows = new RoaringBitmap();
          version.table.rows(
              file,
              version.columns.subList(0, hash.keys()),
              (row, cells) -> {
                if (wanted.contains(key(keyValues(cells)))) {
                  rows.add(row);
                }
              });
          Map<Key, Look> own = new HashMap<>();
          version.table.rows(
              file,
              rows,
              version.columns,
              (row, cells) -> {
                if (version.isLive(cells)) {
                  Object[] values = version.values(cells);
                  own.merge(
                      key(values), new Look(texts(values), version.version(cells)), Look::and);
                }
              });
          synchronized (found) {
            own.forEach((key, look) -> found.merge(key, look, Look::and));
          }
        });
    return found;
  }

  private Object[] keyValues(Object[] cells) {
    Object[] values = new Object[hash.keys()];
    for (int i = 0; i < values.length; i++) {
      values[i] = cells[i] == null ? null : forms.get(i).apply(cells[i]);
    }
    return values;
  }

  private Key key(Object[] values) {
    return new Key(texts(Arrays.copyOf(values, hash.keys())));
  }

  private List<String> texts(Object[] values) {
    List<String> texts = new ArrayList<>(values.length);
    for (int i = 0; i < values.length; i++) {
      texts.add(values[i] == null ? null : hash.forms().get(i).text(values[i]));
    }
    return texts;
  }

  /**
   * What the table itself tells is enough: a partition whose changes lie in several tables is at
   * least as far in each of them.
   */
  @Override
  public Applied applied() {
    TableVersion version =
        tables
            .latestVersion(pair.target())
            .orElseThrow(() -> new FatalException("There is no table " + pair.target()));
    Applied applied = Applied.NOTHING;
    for (Map.Entry<SourcePartition, PartitionDomains.Entry> each :
        PartitionDomains.entries(connector, version.domains()).entrySet()) {
      if (each.getKey().topic().equals(pair.topic())) {
        Position reached = each.getValue().state().latest().highWater();
        applied = applied.and(reached.commitLsn(), reached.lsn());
      }
    }
    return applied;
  }
}
