// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import io.debezium.data.Bits;
import io.debezium.data.Enum;
import io.debezium.data.Json;
import io.debezium.data.Uuid;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.data.Xml;
import io.debezium.time.Date;
import io.debezium.time.MicroDuration;
import io.debezium.time.MicroTime;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Time;
import io.debezium.time.Timestamp;
import io.debezium.time.ZonedTime;
import io.debezium.time.ZonedTimestamp;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * The Connect schemas that Debezium gives to PostgreSQL's types in its default modes, as builders:
 * add {@code optional()} or {@code defaultValue(…)} as the column has it.
 */
public final class DebeziumTypes {
  private DebeziumTypes() {}

  /** numeric(precision, scale) with {@code decimal.handling.mode=precise}; values BigDecimal. */
  public static SchemaBuilder decimal(int precision, int scale) {
    return Decimal.builder(scale).parameter("connect.decimal.precision", "" + precision);
  }

  /** numeric without a scale; values by {@link #variableScaleDecimal(java.math.BigDecimal)}. */
  public static SchemaBuilder variableScaleDecimal() {
    return VariableScaleDecimal.builder();
  }

  /** json and jsonb; values String. */
  public static SchemaBuilder json() {
    return Json.builder();
  }

  /** uuid; values String. */
  public static SchemaBuilder uuid() {
    return Uuid.builder();
  }

  /** xml; values String. */
  public static SchemaBuilder xml() {
    return Xml.builder();
  }

  /** An enum type; values String. */
  public static SchemaBuilder enumeration(String allowedCommaSeparated) {
    return Enum.builder(allowedCommaSeparated);
  }

  /** bit(length), longer than 1; values byte[], little-endian. */
  public static SchemaBuilder bits(int length) {
    return Bits.builder(length);
  }

  /** date; values Integer, days since 1970-01-01. */
  public static SchemaBuilder date() {
    return Date.builder();
  }

  /** time(0) to time(3); values Integer, milliseconds. */
  public static SchemaBuilder time() {
    return Time.builder();
  }

  /** time(4) to time(6); values Long, microseconds. */
  public static SchemaBuilder microTime() {
    return MicroTime.builder();
  }

  /** timestamp(0) to timestamp(3); values Long, milliseconds since 1970. */
  public static SchemaBuilder timestamp() {
    return Timestamp.builder();
  }

  /** timestamp(4) to timestamp(6); values Long, microseconds since 1970. */
  public static SchemaBuilder microTimestamp() {
    return MicroTimestamp.builder();
  }

  /** timestamptz; values String, ISO 8601 in UTC. */
  public static SchemaBuilder zonedTimestamp() {
    return ZonedTimestamp.builder();
  }

  /** timetz; values String, ISO 8601 in UTC. */
  public static SchemaBuilder zonedTime() {
    return ZonedTime.builder();
  }

  /** interval; values Long, microseconds. */
  public static SchemaBuilder microDuration() {
    return MicroDuration.builder();
  }

  /** An array of elements that may be null, as all of PostgreSQL's; values List. */
  public static SchemaBuilder array(SchemaBuilder element) {
    return SchemaBuilder.array(element.optional().build());
  }

  /** The value of a {@link #variableScaleDecimal()} column that is optional. */
  public static Object variableScaleDecimal(java.math.BigDecimal value) {
    Schema schema = VariableScaleDecimal.builder().optional().build();
    return VariableScaleDecimal.fromLogical(
        schema, new io.debezium.data.SpecialValueDecimal(value));
  }
}
