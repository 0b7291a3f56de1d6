// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A Delta table in which something is looked for.
 *
 * @param store where it lies
 * @param location of the table, without a slash at the end
 * @param options by which the sink writes its tables
 */
record DeltaPlace(FileIO store, String location, TableOptions options) {

  /** The newest version; empty where there is no table. */
  Optional<ReadTable> latest() {
    return new TableLog(store, location)
        .latest()
        .map(version -> ReadTable.of(store, location, version, options));
  }

  /** The columns whose values come from the source. */
  List<DeltaColumn> sourceColumns(TableShape shape) {
    MetadataColumns names = options.metadata();
    Set<String> own = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    own.addAll(
        List.of(
            names.op(),
            names.ts(),
            names.lsn(),
            names.commitLsn(),
            names.epoch(),
            names.deleted()));
    Stream.of(
            names.unchanged(),
            names.firstSeen(),
            names.lastSeen(),
            names.changeType(),
            names.transaction())
        .flatMap(Optional::stream)
        .forEach(own::add);
    options
        .history()
        .map(HistoryOptions::columns)
        .ifPresent(
            history -> {
              own.addAll(history.opened());
              own.addAll(List.of(history.validFrom(), history.validTo(), history.current()));
            });
    return shape.columns().stream().filter(column -> !own.contains(column.name())).toList();
  }

  /** Path of a file within the table. */
  String inTable(String file) {
    return file.startsWith(location + "/") ? file.substring(location.length() + 1) : file;
  }

  /** Last part of a file's location. */
  static String name(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }
}
