// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.decode.Decoded.Skipped;
import io.lakehousecdc.sink.decode.table.BoundedCache;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.sink.decode.table.FlatFields;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Layouts;
import io.lakehousecdc.sink.decode.table.Placeholders;
import io.lakehousecdc.sink.decode.table.TableReaders;
import io.lakehousecdc.sink.decode.table.Warnings;
import io.lakehousecdc.sink.decode.type.DecodeException;
import io.lakehousecdc.sink.error.Disclosure;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decoder of one task's records. It compiles a reader once per schema and table and remembers
 * which table a topic carries. Apart from that each record is decoded on its own, whatever the
 * order of records. Not thread safe.
 */
public final class RecordDecoder {
  private static final Logger LOG = LoggerFactory.getLogger(RecordDecoder.class);
  private static final String HEARTBEAT_TOPICS = "__debezium-heartbeat";
  private static final int BOUND = 1_000;

  private final Layouts layouts = new Layouts();
  private final Disclosure disclosure;
  private final Warnings warnings;
  private final TableReaders tables;
  private final TombstoneReader tombstones;
  private final FlatFields flatFields;
  private final Map<Layout, RecordReader> readers = new BoundedCache<>(BOUND);
  private Layout lastLayout;
  private RecordReader lastReader;

  /** A decoder that logs its warnings. */
  public RecordDecoder(DecodeOptions options) {
    this(options, LOG::warn);
  }

  /** A decoder with another receiver of warnings. */
  public RecordDecoder(DecodeOptions options, Consumer<String> warnings) {
    this(options, Disclosure.NAMES, warnings);
  }

  /**
   * A decoder.
   *
   * @param disclosure whether the reasons of rejections hold values of their records
   * @param warnings receives a warning, once per table and column, about values that the source or
   *     a converter loses before the sink receives them, with the remedy
   */
  public RecordDecoder(DecodeOptions options, Disclosure disclosure, Consumer<String> warnings) {
    this.disclosure = disclosure;
    this.warnings = new Warnings(warnings);
    tables =
        new TableReaders(
            options, new Placeholders(options.unavailablePlaceholder()), this.warnings);
    flatFields = new FlatFields(options.flattenedPrefix());
    tombstones = new TombstoneReader(tables, layouts, options.flattenedPrefix(), this.warnings);
  }

  /** The original topic, partition and offset of a record, before transforms changed them. */
  public static RecordOffset offset(SinkRecord record) {
    return new RecordOffset(
        new SourcePartition(record.originalTopic(), record.originalKafkaPartition()),
        record.originalKafkaOffset());
  }

  /** The dead letter of a record that was decoded but cannot be applied. */
  public static DeadLetter letter(SinkRecord record, String errorClass, String message) {
    return DeadLetters.letter(record, errorClass, message);
  }

  /** Decodes a record. Bad data gives a {@link Decoded.Rejected}, not an exception. */
  public Decoded decode(SinkRecord record) {
    try {
      return read(record);
    } catch (DecodeException e) {
      return DeadLetters.of(record, disclosure.message(e));
    } catch (DataException | ClassCastException e) {
      // A struct that does not match its own schema: a transform made it.
      return DeadLetters.of(
          record, "Its value does not match its schema (" + e.getMessage() + "). Check the SMTs.");
    }
  }

  private Decoded read(SinkRecord record) {
    if (record.topic().startsWith(HEARTBEAT_TOPICS)) {
      return Skipped.HEARTBEAT;
    }
    if (QueuedLetters.isLetter(record)) {
      return QueuedLetters.read(record);
    }
    Object value = record.value();
    if (value == null) {
      return tombstones.read(record);
    }
    Layout layout;
    if (value instanceof Struct struct) {
      layout = layouts.of(struct.schema());
    } else if (value instanceof Map<?, ?> map) {
      layout = layouts.of(map);
    } else {
      throw new DecodeException(
          "Its value is a %s and no change event. Use the converter that wrote the topic, such as"
                  .formatted(value.getClass().getSimpleName())
              + " JsonConverter or AvroConverter, or leave the topic out of topics.regex.");
    }
    return reader(layout).read(record, value);
  }

  private RecordReader reader(Layout layout) {
    if (layout != lastLayout) {
      RecordReader reader = readers.get(layout);
      if (reader == null) {
        reader = compile(layout);
        readers.put(layout, reader);
      }
      lastLayout = layout;
      lastReader = reader;
    }
    return lastReader;
  }

  /** A reader that tells shapes apart record by record only where the layout allows several. */
  private RecordReader compile(Layout layout) {
    RecordReader rows = FlatReader.of(layout, flatFields, layouts, tables, warnings);
    RecordShape[] shapes = RecordShape.allowedBy(layout).toArray(RecordShape[]::new);
    if (shapes.length == 0) {
      return rows;
    }
    RecordReader[] others = new RecordReader[shapes.length];
    Arrays.setAll(others, i -> reader(shapes[i], layout));
    return (record, value) -> {
      for (int i = 0; i < shapes.length; i++) {
        if (shapes[i].matches(layout, record)) {
          return others[i].read(record, value);
        }
      }
      return rows.read(record, value);
    };
  }

  private RecordReader reader(RecordShape shape, Layout layout) {
    return switch (shape) {
      case DEAD_LETTER -> DeadLetters::ofLetter;
      case HEARTBEAT -> (record, value) -> Skipped.HEARTBEAT;
      case TRANSACTION_BOUNDARY -> (record, value) -> Skipped.TRANSACTION_BOUNDARY;
      case SCHEMA_CHANGE -> (record, value) -> Skipped.SCHEMA_CHANGE;
      case NOTIFICATION -> (record, value) -> Skipped.NOTIFICATION;
      case ENVELOPE -> new EnvelopeReader(layout, layouts, tables, warnings);
      case CLOUD_EVENT ->
          refusal(
              "The record is a CloudEvents envelope, which this sink does not read. Set the"
                  + " converters of the source connector to JsonConverter, AvroConverter or"
                  + " ProtobufConverter instead of CloudEventsConverter, and write the topic"
                  + " anew.");
      case JSON_WITH_SCHEMA ->
          refusal(
              "The JSON holds its schema, but the converter does not read it. Set"
                  + " value.converter.schemas.enable=true, and key.converter.schemas.enable=true.");
    };
  }

  private static RecordReader refusal(String reason) {
    return (record, value) -> {
      throw new DecodeException(reason);
    };
  }
}
