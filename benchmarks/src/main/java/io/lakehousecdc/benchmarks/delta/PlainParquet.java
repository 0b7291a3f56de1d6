// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.measure.ProcessorTime;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * The baseline: the least that any sink has to do with a row in a lake. parquet-java's own writer
 * encodes rows that are at hand as values of Parquet's types, without decoding, order, keys and
 * commits.
 */
final class PlainParquet {
  private static final int ROWS = 200_000;
  private static final int ROUNDS = 5;

  private static final MessageType ORDERS =
      Types.buildMessage()
          .required(PrimitiveTypeName.INT64)
          .named("id")
          .required(PrimitiveTypeName.INT64)
          .named("customer_id")
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("status")
          .required(PrimitiveTypeName.INT64)
          .as(LogicalTypeAnnotation.decimalType(2, 12))
          .named("amount")
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("currency")
          .required(PrimitiveTypeName.INT32)
          .named("quantity")
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named("note")
          .required(PrimitiveTypeName.INT64)
          .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS))
          .named("created_at")
          .required(PrimitiveTypeName.INT64)
          .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS))
          .named("updated_at")
          .named("orders");

  private PlainParquet() {}

  /** Processor time for a row of the table {@code orders}, in microseconds. */
  static double microsPerRow(PostgresDatabase source, Path directory) throws IOException {
    List<List<Object>> rows =
        source.rows(
            "select id, customer_id, status, (amount * 100)::bigint, currency::text, quantity,"
                + " coalesce(note, ''), (extract(epoch from created_at) * 1e6)::bigint,"
                + " (extract(epoch from updated_at) * 1e6)::bigint from orders limit "
                + ROWS);
    rows.replaceAll(PlainParquet::encoded);
    double micros = 0;
    // The first rounds compile the code.
    for (int round = 0; round < ROUNDS; round++) {
      double before = ProcessorTime.of(ProcessHandle.current().pid());
      try (ParquetWriter<List<Object>> writer =
          new Builder(new LocalOutputFile(directory.resolve("plain-" + round + ".parquet")))
              .withConf(new PlainParquetConfiguration())
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withDictionaryEncoding(false)
              .build()) {
        for (List<Object> row : rows) {
          writer.write(row);
        }
      }
      double after = ProcessorTime.of(ProcessHandle.current().pid());
      micros = 1e6 * (after - before) / rows.size();
    }
    return micros;
  }

  private static List<Object> encoded(List<Object> row) {
    return row.stream()
        .map(
            value ->
                value instanceof String text
                    ? Binary.fromConstantByteArray(text.getBytes(StandardCharsets.UTF_8))
                    : value)
        .toList();
  }

  /** Passes values on as they are. */
  private static final class Values extends WriteSupport<List<Object>> {
    private RecordConsumer to;

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(ORDERS, new HashMap<>());
    }

    @Override
    public WriteContext init(org.apache.hadoop.conf.Configuration configuration) {
      return new WriteContext(ORDERS, new HashMap<>());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      to = consumer;
    }

    @Override
    public void write(List<Object> row) {
      to.startMessage();
      for (int i = 0; i < row.size(); i++) {
        to.startField(ORDERS.getFieldName(i), i);
        Object value = row.get(i);
        if (value instanceof Long number) {
          to.addLong(number);
        } else if (value instanceof Integer number) {
          to.addInteger(number);
        } else {
          to.addBinary((Binary) value);
        }
        to.endField(ORDERS.getFieldName(i), i);
      }
      to.endMessage();
    }
  }

  private static final class Builder extends ParquetWriter.Builder<List<Object>, Builder> {
    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<List<Object>> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return new Values();
    }

    @Override
    protected WriteSupport<List<Object>> getWriteSupport(ParquetConfiguration configuration) {
      return new Values();
    }
  }
}
