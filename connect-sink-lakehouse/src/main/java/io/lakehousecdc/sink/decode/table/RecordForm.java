// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import java.util.List;
import java.util.Set;

/** The form of a record: an envelope, or a flattened row. */
public sealed interface RecordForm {
  /** The row is {@code before} or {@code after} of an envelope; all its members are columns. */
  RecordForm ENVELOPE = new Envelope();

  /** Names of the row's members that are columns. */
  List<String> columns(Layout row);

  /** See {@link #ENVELOPE}. */
  record Envelope() implements RecordForm {
    @Override
    public List<String> columns(Layout row) {
      return row.names();
    }
  }

  /**
   * The row is the value, flattened by {@code ExtractNewRecordState}.
   *
   * @param metadata names of the members that are no columns, see {@link FlatFields}
   */
  record Flat(Set<String> metadata) implements RecordForm {
    @Override
    public List<String> columns(Layout row) {
      return row.names().stream().filter(name -> !metadata.contains(name)).toList();
    }
  }
}
