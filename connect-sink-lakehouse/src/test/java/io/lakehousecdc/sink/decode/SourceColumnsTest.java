// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Tests which records hold all columns of the source table. */
class SourceColumnsTest {
  private static final DebeziumTable TABLE =
      DebeziumRecords.table("public", "t")
          .key("id", Schema.INT32_SCHEMA)
          .column("v", Schema.OPTIONAL_STRING_SCHEMA);

  private final Decoding decoding = Decoding.withDefaults();

  @Test
  void envelopesTellThem() {
    assertNotEquals(
        Optional.empty(), decoding.row(TABLE.create(1, 1, 7, "x")).schema().sourceTable());
    assertNotEquals(
        Optional.empty(),
        decoding.row(TABLE.create(1, 1, 7, "x").schemaless()).schema().sourceTable());
  }

  @Test
  void flattenedRowsDoNotBecauseATransformMayLeaveColumnsOut() {
    assertEquals(
        Optional.empty(),
        decoding.row(TABLE.create(1, 1, 7, "x").flattened()).schema().sourceTable());
  }

  @Test
  void recordsWithAKeyAloneDoNot() {
    assertEquals(Optional.empty(), decoding.tombstone(TABLE.tombstone(7)).schema().sourceTable());
  }

  @Test
  void tablesOfDifferentTopicsAreDifferentTables() {
    DebeziumTable other =
        DebeziumRecords.table("other", "t")
            .key("id", Schema.INT32_SCHEMA)
            .column("v", Schema.OPTIONAL_STRING_SCHEMA);
    assertNotEquals(
        decoding.row(TABLE.create(1, 1, 7, "x")).schema().sourceTable(),
        decoding.row(other.create(1, 1, 7, "x")).schema().sourceTable());
  }
}
