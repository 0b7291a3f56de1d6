// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.DebeziumTypes;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/** Prints how many rows of nine columns one thread decodes in a second. Not a test. */
final class DecodingSpeed {
  private static final int RECORDS = 20_000;
  private static final int ROUNDS = 300;

  private DecodingSpeed() {}

  public static void main(String[] args) {
    DebeziumTable orders =
        DebeziumRecords.table("public", "orders")
            .key("id", Schema.INT64_SCHEMA)
            .column("customer_id", Schema.INT64_SCHEMA)
            .column("status", Schema.STRING_SCHEMA)
            .column("amount", DebeziumTypes.decimal(12, 2).build())
            .column("quantity", Schema.INT32_SCHEMA)
            .column("note", Schema.OPTIONAL_STRING_SCHEMA)
            .column("details", DebeziumTypes.json().optional().build())
            .column("created", DebeziumTypes.zonedTimestamp().build())
            .column("updated", DebeziumTypes.microTimestamp().build());
    List<SinkRecord> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      records.add(
          orders
              .create(
                  1_000 + i,
                  1_001 + i,
                  (long) i,
                  (long) i % 997,
                  "shipped",
                  new BigDecimal("1234.56"),
                  i % 10,
                  "a note of ordinary length " + i,
                  "{\"a\": " + i + "}",
                  "2026-11-21T03:34:52.235829Z",
                  1_795_232_092_235_829L + i)
              .at(0, i));
    }
    RecordDecoder decoder = new RecordDecoder(DecodeOptions.defaults());
    long bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (SinkRecord record : records) {
        bytes += ((Decoded.Change) decoder.decode(record)).bytes();
      }
      double seconds =
          (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
      if (round % 50 == 49) {
        System.out.printf(
            "%,.0f rows/s, %d bytes a row%n", RECORDS / seconds, bytes / RECORDS / (round + 1));
      }
    }
  }
}
