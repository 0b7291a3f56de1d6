// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The form of a record: an envelope, or a flattened row. */
public enum RecordForm {
  /** The row is {@code before} or {@code after} of an envelope; all its members are columns. */
  ENVELOPE,
  /**
   * The row is the value, flattened by {@code ExtractNewRecordState}. Members that its {@code
   * add.fields} adds with the default prefix are metadata.
   */
  FLAT;

  private static final Set<String> METADATA = metadata();

  List<String> columns(Layout row) {
    return this == ENVELOPE
        ? row.names()
        : row.names().stream().filter(name -> !METADATA.contains(name)).toList();
  }

  private static Set<String> metadata() {
    Set<String> names = new HashSet<>();
    names.add("__op");
    names.add("__deleted");
    for (String name :
        List.of(
            "version",
            "connector",
            "name",
            "ts_ms",
            "ts_us",
            "ts_ns",
            "snapshot",
            "db",
            "sequence",
            "schema",
            "table",
            "txId",
            "lsn",
            "xmin",
            "origin",
            "origin_lsn")) {
      names.add("__" + name);
      names.add("__source_" + name);
    }
    for (String name : List.of("id", "total_order", "data_collection_order")) {
      names.add("__" + name);
      names.add("__transaction_" + name);
    }
    return Set.copyOf(names);
  }
}
