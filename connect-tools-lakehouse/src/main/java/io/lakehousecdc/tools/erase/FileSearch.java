// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.delta.kernel.ChangeFile;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.error.TargetException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.roaringbitmap.RoaringBitmap;

/**
 * The search of a Delta table's directory: of every Parquet file in it, whether or not the table
 * still refers to it, and of all rows, deleted ones included. A file never changes, so that each is
 * read once. For one thread.
 */
final class FileSearch {
  private final DeltaPlace place;
  private final RowMatch.Of wanted;
  private final RowFileReader reader;
  private final Map<String, RoaringBitmap> rows = new LinkedHashMap<>();
  private final TreeSet<String> unreadable = new TreeSet<>();
  private final List<FileInfo> unfinished = new ArrayList<>();
  private final Map<String, FileInfo> present = new HashMap<>();
  private FileBounds bounds;

  FileSearch(DeltaPlace place, RowMatch.Of wanted) {
    this.place = place;
    this.wanted = wanted;
    this.reader = new RowFileReader(place.store());
  }

  /** Looks at all files that were not looked at before. */
  void run(ReadTable table) throws IOException {
    prepare(table);
    unreadable.clear();
    unfinished.clear();
    present.clear();
    List<FileInfo> files = new ArrayList<>();
    place
        .store()
        .walk(
            place.location(),
            file -> {
              if (place.store().isPartial(file)) {
                unfinished.add(file);
              } else if (isData(place.inTable(file.location()))) {
                files.add(file);
              }
            });
    files.forEach(file -> present.put(file.location(), file));
    active(table);
    for (FileInfo file : files) {
      if (!rows.containsKey(file.location())) {
        other(file, table);
      }
    }
  }

  /** Looks at the files of a version that were not looked at before. */
  void active(ReadTable table) throws IOException {
    prepare(table);
    RowMatch match = wanted.of(table.shape(), table.shape().columns());
    for (LiveFile file : table.files()) {
      if (rows.containsKey(file.location())) {
        continue;
      }
      RoaringBitmap found = new RoaringBitmap();
      table
          .rowFiles()
          .readFewColumns(
              file,
              all(file.rows()),
              match.columns(),
              (row, cells) -> {
                if (match.test().test(cells)) {
                  found.add(row);
                }
              });
      List<DeltaColumn> columns = table.shape().columns();
      table.rowFiles().read(file, found, columns, (row, cells) -> bounds.add(columns, cells));
      found(file.location(), found);
    }
  }

  private void prepare(ReadTable table) {
    if (bounds == null) {
      RowMatch match = wanted.of(table.shape(), table.shape().columns());
      bounds = new FileBounds(place.sourceColumns(table.shape()), match.key());
    }
    bounds.active(
        table.files().stream()
            .map(file -> DeltaPlace.name(file.location()))
            .collect(Collectors.toSet()));
  }

  private void other(FileInfo file, ReadTable table) {
    List<DeltaColumn> stored = table.shape().partitioning().storedColumns();
    RowMatch match = wanted.of(table.shape(), stored);
    RoaringBitmap found = new RoaringBitmap();
    try {
      if (!match.columns().isEmpty()) {
        RoaringBitmap all = all(Math.toIntExact(reader.rows(file.location(), file.size())));
        reader.readFewColumns(
            file.location(),
            file.size(),
            all,
            match.columns(),
            (row, cells) -> {
              if (match.test().test(cells)) {
                found.add(row);
              }
            });
        reader.read(
            file.location(), file.size(), found, stored, (row, cells) -> bounds.add(stored, cells));
      }
      found(file.location(), found);
    } catch (FileNotFoundException e) {
      present.remove(file.location());
    } catch (TargetException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      unreadable.add(file.location());
    }
  }

  private void found(String location, RoaringBitmap found) {
    rows.put(location, found);
    if (!found.isEmpty()) {
      bounds.holds(DeltaPlace.name(location));
    }
  }

  private static RoaringBitmap all(int count) {
    RoaringBitmap all = new RoaringBitmap();
    all.add(0L, count);
    return all;
  }

  /** The log's own files are read by {@link LogBounds}. */
  private static boolean isData(String inTable) {
    boolean hidden = inTable.startsWith("_") || inTable.startsWith(".");
    return inTable.endsWith(".parquet") && (!hidden || isFeed(inTable));
  }

  static boolean isFeed(String inTable) {
    return inTable.startsWith(ChangeFile.DIRECTORY + "/");
  }

  /** Rows of a file that are to go; none where it has none. */
  RoaringBitmap rows(LiveFile file) {
    return rows.getOrDefault(file.location(), new RoaringBitmap());
  }

  /** Locations of the files that hold such rows, with the number of these. */
  Map<String, Long> holders() {
    Map<String, Long> holders = new LinkedHashMap<>();
    rows.forEach(
        (location, found) -> {
          if (!found.isEmpty()) {
            holders.put(location, found.getLongCardinality());
          }
        });
    return holders;
  }

  /** Files that were searched and were there at the last {@link #run}. */
  List<String> searched() {
    return rows.keySet().stream().filter(present::containsKey).map(place::inTable).toList();
  }

  /** The file as it was listed, or null. */
  FileInfo listed(String location) {
    return present.get(location);
  }

  /** Files that are no Parquet files, are damaged or of other columns, or whose store failed. */
  List<String> unreadable() {
    return unreadable.stream().map(place::inTable).toList();
  }

  /** Files that are being written, or whose writer has died. */
  List<FileInfo> unfinished() {
    return unfinished;
  }

  /** What the values of the rows may show in. */
  FileBounds bounds() {
    return bounds;
  }

  /** A file is gone. */
  void forget(String location) {
    rows.remove(location);
    present.remove(location);
  }
}
