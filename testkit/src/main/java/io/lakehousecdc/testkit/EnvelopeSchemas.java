// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import io.debezium.data.Envelope;
import io.debezium.schema.SchemaFactory;
import io.debezium.schema.SchemaNameAdjuster;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/** The schemas of envelopes, from Debezium's own factory; recorded events prove them equal. */
final class EnvelopeSchemas {
  static final Schema TRANSACTION_BLOCK = SchemaFactory.get().transactionBlockSchema();
  static final Schema HEARTBEAT_KEY =
      SchemaFactory.get().heartbeatKeySchema(SchemaNameAdjuster.NO_OP);
  static final Schema HEARTBEAT_VALUE =
      SchemaFactory.get().heartbeatValueSchema(SchemaNameAdjuster.NO_OP);
  static final Schema TRANSACTION_KEY =
      SchemaFactory.get().transactionKeySchema(SchemaNameAdjuster.NO_OP);
  static final Schema TRANSACTION_VALUE =
      SchemaFactory.get().transactionValueSchema(SchemaNameAdjuster.NO_OP);

  /** As io.debezium.connector.postgresql.PostgresSourceInfoStructMaker defines it. */
  static final Schema SOURCE =
      SchemaFactory.get()
          .sourceInfoSchemaBuilder()
          .name("io.debezium.connector.postgresql.Source")
          .field("schema", Schema.STRING_SCHEMA)
          .field("table", Schema.STRING_SCHEMA)
          .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
          .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
          .field("xmin", Schema.OPTIONAL_INT64_SCHEMA)
          .field("origin", Schema.OPTIONAL_STRING_SCHEMA)
          .field("origin_lsn", Schema.OPTIONAL_INT64_SCHEMA)
          .build();

  static final Schema MESSAGE_KEY =
      SchemaBuilder.struct()
          .name("io.debezium.connector.postgresql.MessageKey")
          .version(1)
          .field("prefix", Schema.OPTIONAL_STRING_SCHEMA)
          .build();

  static final Schema MESSAGE_BLOCK =
      SchemaBuilder.struct()
          .name("io.debezium.connector.postgresql.Message")
          .version(1)
          .field("prefix", Schema.OPTIONAL_STRING_SCHEMA)
          .field("content", Schema.OPTIONAL_BYTES_SCHEMA)
          .build();

  static final Schema MESSAGE_VALUE =
      SchemaBuilder.struct()
          .name("io.debezium.connector.postgresql.MessageValue")
          .version(1)
          .field("op", Schema.STRING_SCHEMA)
          .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
          .field("source", SOURCE)
          .field("transaction", TRANSACTION_BLOCK)
          .field("message", MESSAGE_BLOCK)
          .build();

  private EnvelopeSchemas() {}

  /** The envelope of a table's events. */
  static Schema envelope(String topic, Schema row) {
    return Envelope.defineSchema()
        .withName(Envelope.schemaName(topic))
        .withRecord(row)
        .withSource(SOURCE)
        .withTransaction(TRANSACTION_BLOCK)
        .build()
        .schema();
  }
}
