// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import static io.lakehousecdc.sink.decode.type.TypeRow.AS_IS;
import static io.lakehousecdc.sink.decode.type.TypeRow.named;
import static io.lakehousecdc.sink.decode.type.TypeRow.structured;

import io.debezium.time.Interval;
import io.debezium.time.IsoDate;
import io.debezium.time.IsoTime;
import io.debezium.time.IsoTimestamp;
import io.debezium.time.MicroDuration;
import io.debezium.time.MicroTime;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.NanoDuration;
import io.debezium.time.NanoTime;
import io.debezium.time.NanoTimestamp;
import io.debezium.time.StructuredDate;
import io.debezium.time.StructuredDuration;
import io.debezium.time.StructuredTime;
import io.debezium.time.StructuredTimestamp;
import io.debezium.time.StructuredZonedTime;
import io.debezium.time.StructuredZonedTimestamp;
import io.debezium.time.ZonedTime;
import io.debezium.time.ZonedTimestamp;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.util.List;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Schema.Type;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** The rows of the type table for dates, times and intervals, in all modes of the source. */
public final class TemporalTypes {
  public static final List<TypeRow> ROWS =
      List.of(
          named(
              io.debezium.time.Date.SCHEMA_NAME,
              Type.INT32,
              "date",
              Primitive.DATE,
              "infinities in every encoding that Debezium uses",
              value -> Temporal.days((int) (Integer) value)),
          named(
              io.debezium.time.Time.SCHEMA_NAME,
              Type.INT32,
              "time(0) to time(3), adaptive",
              Primitive.TIME,
              "24:00 is a value",
              value -> Temporal.timeOfMillis((Integer) value)),
          named(
              MicroTime.SCHEMA_NAME,
              Type.INT64,
              "time",
              Primitive.TIME,
              "24:00 is a value",
              value -> Temporal.time((Long) value)),
          named(
              NanoTime.SCHEMA_NAME,
              Type.INT64,
              "time with nanoseconds",
              Primitive.TIME,
              "rejected where finer than microseconds",
              value -> Temporal.timeOfNanos((Long) value)),
          named(
              io.debezium.time.Timestamp.SCHEMA_NAME,
              Type.INT64,
              "timestamp(0) to timestamp(3), adaptive",
              Primitive.TIMESTAMP,
              "years after 294246 do not fit and are rejected",
              value -> Temporal.timestampOfMillis((Long) value)),
          named(
              MicroTimestamp.SCHEMA_NAME,
              Type.INT64,
              "timestamp",
              Primitive.TIMESTAMP,
              "infinities in every encoding that Debezium uses",
              value -> Temporal.timestampOfMicros((Long) value)),
          named(
              NanoTimestamp.SCHEMA_NAME,
              Type.INT64,
              "timestamp with nanoseconds",
              Primitive.TIMESTAMP,
              "rejected where finer than microseconds; the mode holds the years 1677 to 2262",
              value -> Temporal.timestampOfNanos((Long) value)),
          named(
              ZonedTimestamp.SCHEMA_NAME,
              Type.STRING,
              "timestamptz",
              Primitive.TIMESTAMPTZ,
              "infinity, -infinity, years BC and beyond 9999",
              value -> TemporalText.timestamp((String) value)),
          named(
              ZonedTime.SCHEMA_NAME,
              Type.STRING,
              "timetz",
              Primitive.TIMETZ,
              "in UTC: the offset is lost at the source, except with structured",
              AS_IS),
          named(
              IsoDate.SCHEMA_NAME,
              Type.STRING,
              "date, isostring",
              Primitive.DATE,
              "",
              value -> TemporalText.date((String) value)),
          named(
              IsoTime.SCHEMA_NAME,
              Type.STRING,
              "time, isostring",
              Primitive.TIME,
              "the source writes 24:00 as 00:00",
              value -> TemporalText.time((String) value)),
          named(
              IsoTimestamp.SCHEMA_NAME,
              Type.STRING,
              "timestamp, isostring",
              Primitive.TIMESTAMP,
              "",
              value -> TemporalText.timestamp((String) value)),
          named(
              Date.LOGICAL_NAME,
              Type.INT32,
              "date, connect",
              Primitive.DATE,
              "",
              value -> Temporal.days((java.util.Date) value)),
          named(
              Time.LOGICAL_NAME,
              Type.INT32,
              "time, connect",
              Primitive.TIME,
              "microseconds are lost at the source",
              value -> Temporal.timeOfMillis(((java.util.Date) value).getTime())),
          named(
              Timestamp.LOGICAL_NAME,
              Type.INT64,
              "timestamp, connect",
              Primitive.TIMESTAMP,
              "microseconds are lost at the source",
              value -> Temporal.timestampOfMillis(((java.util.Date) value).getTime())),
          structured(StructuredDate.SCHEMA_NAME, "date", Primitive.DATE, StructuredTemporals::date),
          structured(StructuredTime.SCHEMA_NAME, "time", Primitive.TIME, StructuredTemporals::time),
          structured(
              StructuredTimestamp.SCHEMA_NAME,
              "timestamp",
              Primitive.TIMESTAMP,
              StructuredTemporals::timestamp),
          structured(
              StructuredZonedTimestamp.SCHEMA_NAME,
              "timestamptz",
              Primitive.TIMESTAMPTZ,
              StructuredTemporals::timestamp),
          structured(
              StructuredZonedTime.SCHEMA_NAME,
              "timetz",
              Primitive.TIMETZ,
              StructuredTemporals::timeWithZone),
          structured(
              StructuredDuration.SCHEMA_NAME,
              "interval",
              Primitive.INTERVAL,
              StructuredTemporals::duration),
          named(
              MicroDuration.SCHEMA_NAME,
              Type.INT64,
              "interval, interval.handling.mode=numeric",
              Primitive.INTERVAL,
              "the source counts a month as 30.4375 days: set interval.handling.mode=string to keep"
                  + " months and days",
              value -> Temporal.duration((Long) value)),
          named(
              NanoDuration.SCHEMA_NAME,
              Type.INT64,
              "none",
              Primitive.INTERVAL,
              "rejected where finer than microseconds",
              value -> Temporal.duration(Temporal.wholeMicros((Long) value))),
          named(
              Interval.SCHEMA_NAME,
              Type.STRING,
              "interval, interval.handling.mode=string",
              Primitive.INTERVAL));

  private TemporalTypes() {}
}
