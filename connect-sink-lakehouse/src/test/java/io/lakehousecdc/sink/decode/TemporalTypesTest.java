// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

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
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.decode.type.ColumnType;
import io.lakehousecdc.sink.decode.type.DecodeException;
import io.lakehousecdc.sink.decode.type.TemporalText;
import io.lakehousecdc.sink.decode.type.TypeTable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Date;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of dates, times and intervals in every {@code time.precision.mode} (case 29). The
 * infinities were recorded from Debezium 3.7.0 in each mode, read and streamed.
 */
class TemporalTypesTest {
  private static final long DAY = 86_400_000_000L;

  /** A date before our era: 15 March 44 BC. */
  private static final int BC_DAY = (int) LocalDate.of(-43, 3, 15).toEpochDay();

  @ParameterizedTest
  @MethodSource({"dates", "times", "timestamps", "zoned", "intervals", "structured"})
  void valueBecomesCanonical(Schema schema, LogicalType type, Object value, Object canonical) {
    ColumnType columnType = TypeTable.of(schema);
    assertEquals(type, columnType.type());
    assertEquals(canonical, columnType.conversion().canonical(value));
  }

  static Stream<Arguments> dates() {
    Schema days = io.debezium.time.Date.schema();
    Schema connect = org.apache.kafka.connect.data.Date.SCHEMA;
    Schema iso = IsoDate.schema();
    int last = (int) LocalDate.of(5_874_897, 12, 31).toEpochDay();
    int first = (int) LocalDate.of(-4713, 11, 24).toEpochDay();
    return Stream.of(
            arguments(days, 0, 0),
            arguments(days, BC_DAY, BC_DAY),
            arguments(days, first, first),
            arguments(days, last, last),
            arguments(days, 2_146_033_979, Integer.MAX_VALUE),
            arguments(days, day("-5877611-06-21"), Integer.MAX_VALUE),
            arguments(days, Integer.MAX_VALUE, Integer.MAX_VALUE),
            arguments(days, -622_191_234, Integer.MAX_VALUE),
            arguments(days, -625_821_272, Integer.MIN_VALUE),
            arguments(days, day("-5877611-06-22"), Integer.MIN_VALUE),
            arguments(days, Integer.MIN_VALUE, Integer.MIN_VALUE),
            arguments(connect, new Date(-86_400_000L), -1),
            arguments(iso, "1970-01-02Z", 1),
            arguments(iso, "-0043-03-15Z", BC_DAY),
            arguments(connect, new Date(-622_191_234 * 86_400_000L), Integer.MAX_VALUE),
            arguments(iso, "+292278994-08-16Z", Integer.MAX_VALUE),
            arguments(iso, "+292269055-12-02Z", Integer.MIN_VALUE),
            arguments(iso, "+5877611-06-21Z", Integer.MAX_VALUE),
            arguments(iso, "-5877611-06-22Z", Integer.MIN_VALUE))
        .map(each -> typed(each, Primitive.DATE));
  }

  static Stream<Arguments> times() {
    Schema connect = org.apache.kafka.connect.data.Time.SCHEMA;
    return Stream.of(
            arguments(io.debezium.time.Time.schema(), 0, 0L),
            arguments(io.debezium.time.Time.schema(), 86_400_000, DAY),
            arguments(MicroTime.schema(), 1L, 1L),
            arguments(MicroTime.schema(), DAY, DAY),
            arguments(NanoTime.schema(), 86_399_999_999_000L, DAY - 1),
            arguments(connect, new Date(1), 1_000L),
            arguments(IsoTime.schema(), "23:59:59.999999Z", DAY - 1),
            arguments(IsoTime.schema(), "00:00Z", 0L))
        .map(each -> typed(each, Primitive.TIME));
  }

  static Stream<Arguments> timestamps() {
    Schema millis = io.debezium.time.Timestamp.schema();
    Schema micros = MicroTimestamp.schema();
    Schema nanos = NanoTimestamp.schema();
    Schema connect = org.apache.kafka.connect.data.Timestamp.SCHEMA;
    Schema iso = IsoTimestamp.schema();
    return Stream.of(
            arguments(millis, -1L, -1_000L),
            arguments(millis, BC_DAY * 86_400_000L, BC_DAY * DAY),
            arguments(millis, 9_223_372_036_825_200_000L, Long.MAX_VALUE),
            arguments(millis, 9_223_372_036_825_200L, Long.MAX_VALUE),
            arguments(millis, 9_223_372_036_854_775L, Long.MAX_VALUE),
            arguments(millis, -9_223_372_036_832_400_000L, Long.MIN_VALUE),
            arguments(millis, -9_223_372_036_832_400L, Long.MIN_VALUE),
            arguments(micros, BC_DAY * DAY + 1, BC_DAY * DAY + 1),
            arguments(micros, Long.MAX_VALUE, Long.MAX_VALUE),
            arguments(micros, 9_223_372_036_825_200_000L, Long.MAX_VALUE),
            arguments(micros, Long.MIN_VALUE, Long.MIN_VALUE),
            arguments(micros, -9_223_372_036_832_400_000L, Long.MIN_VALUE),
            arguments(nanos, -1_000L, -1L),
            arguments(nanos, Long.MAX_VALUE, Long.MAX_VALUE),
            arguments(nanos, Long.MIN_VALUE, Long.MIN_VALUE),
            arguments(connect, new Date(1), 1_000L),
            arguments(connect, new Date(9_223_372_036_825_200_000L), Long.MAX_VALUE),
            arguments(connect, new Date(-9_223_372_036_832_400_000L), Long.MIN_VALUE),
            arguments(iso, "+292278994-08-16T23:00:00Z", Long.MAX_VALUE),
            arguments(iso, "-292275055-05-16T23:00:00Z", Long.MIN_VALUE),
            arguments(iso, "2026-11-21T03:34:52.235829Z", 1_795_232_092_235_829L),
            arguments(iso, "-0043-03-15T00:00:00Z", BC_DAY * DAY))
        .map(each -> typed(each, Primitive.TIMESTAMP));
  }

  static Stream<Arguments> zoned() {
    Schema zoned = ZonedTimestamp.schema();
    long year12345 = LocalDate.of(12_345, 1, 1).toEpochDay() * DAY;
    return Stream.concat(
        Stream.of(
                arguments(zoned, "2026-11-21T03:34:52.235829Z", 1_795_232_092_235_829L),
                arguments(zoned, "2026-11-21T03:34:52Z", 1_795_232_092_000_000L),
                arguments(zoned, "2026-11-21T03:34:52.2Z", 1_795_232_092_200_000L),
                arguments(zoned, "2026-11-21T03:34:52.235829000Z", 1_795_232_092_235_829L),
                arguments(zoned, "2026-11-21T05:34:52+02:00", 1_795_232_092_000_000L),
                arguments(zoned, "2026-11-21T03:04:52-00:30", 1_795_232_092_000_000L),
                arguments(zoned, "1969-12-31T23:59:59.999999Z", -1L),
                arguments(zoned, "-0043-03-15T00:00:00.000000Z", BC_DAY * DAY),
                arguments(zoned, "+12345-01-01T00:00:00Z", year12345),
                arguments(zoned, "12345-01-01T00:00Z", year12345),
                arguments(zoned, "infinity", Long.MAX_VALUE),
                arguments(zoned, "-infinity", Long.MIN_VALUE))
            .map(each -> typed(each, Primitive.TIMESTAMPTZ)),
        Stream.of(arguments(ZonedTime.schema(), Primitive.TIMETZ, "24:00:00Z", "24:00:00Z")));
  }

  static Stream<Arguments> intervals() {
    return Stream.of(
            arguments(MicroDuration.schema(), 0L, "PT0S"),
            arguments(MicroDuration.schema(), 1_500_000L, "PT1.5S"),
            arguments(MicroDuration.schema(), -1L, "PT-0.000001S"),
            arguments(MicroDuration.schema(), Long.MIN_VALUE, "PT-9223372036854.775808S"),
            arguments(NanoDuration.schema(), 1_000L, "PT0.000001S"),
            arguments(Interval.schema(), "P1Y2M3DT4H5M6.7S", "P1Y2M3DT4H5M6.7S"))
        .map(each -> typed(each, Primitive.INTERVAL));
  }

  static Stream<Arguments> structured() {
    Schema date = StructuredDate.schema();
    Schema time = StructuredTime.schema();
    Schema timestamp = StructuredTimestamp.schema();
    Schema zoned = StructuredZonedTimestamp.schema();
    Schema zonedTime = StructuredZonedTime.schema();
    Schema duration = StructuredDuration.schema();
    Struct offset =
        new Struct(zoned)
            .put("year", 1970)
            .put("month", (byte) 1)
            .put("day", (byte) 1)
            .put("hour", (byte) 2)
            .put("offsetSeconds", 3_600);
    return Stream.of(
        arguments(date, Primitive.DATE, StructuredDate.from(date, -43, 3, 15), BC_DAY),
        arguments(date, Primitive.DATE, StructuredDate.positiveInfinity(date), Integer.MAX_VALUE),
        arguments(date, Primitive.DATE, StructuredDate.negativeInfinity(date), Integer.MIN_VALUE),
        arguments(
            time,
            Primitive.TIME,
            StructuredTime.from(time, LocalTime.of(0, 0, 1, 1_000)),
            1_000_001L),
        arguments(time, Primitive.TIME, new Struct(time).put("hour", (byte) 24), DAY),
        arguments(
            timestamp,
            Primitive.TIMESTAMP,
            StructuredTimestamp.from(timestamp, -43, 3, 15, 0, 0, 0, 1_000),
            BC_DAY * DAY + 1),
        arguments(
            timestamp,
            Primitive.TIMESTAMP,
            StructuredTimestamp.positiveInfinity(timestamp),
            Long.MAX_VALUE),
        arguments(
            zoned,
            Primitive.TIMESTAMPTZ,
            StructuredZonedTimestamp.negativeInfinity(zoned, 6),
            Long.MIN_VALUE),
        arguments(zoned, Primitive.TIMESTAMPTZ, offset, 3_600_000_000L),
        arguments(
            zonedTime,
            Primitive.TIMETZ,
            StructuredZonedTime.from(zonedTime, 24, 0, 0, 0, -16_200, 6),
            "24:00:00-04:30"),
        arguments(
            zonedTime,
            Primitive.TIMETZ,
            StructuredZonedTime.from(zonedTime, 1, 2, 3, 450_000_000, 0, 6),
            "01:02:03.45Z"),
        arguments(
            duration,
            Primitive.INTERVAL,
            StructuredDuration.from(duration, 0, 1, -3, 0, 0, 0, -500_000_000),
            "P0Y1M-3DT0H0M-0.5S"));
  }

  @ParameterizedTest
  @MethodSource
  void valueThatWouldChangeIsRejected(Schema schema, Object value) {
    assertThrows(DecodeException.class, () -> TypeTable.of(schema).conversion().canonical(value));
  }

  static Stream<Arguments> valueThatWouldChangeIsRejected() {
    Schema time = StructuredTime.schema();
    return Stream.of(
        arguments(NanoTimestamp.schema(), 1L),
        arguments(NanoTime.schema(), 1L),
        arguments(NanoDuration.schema(), 1L),
        arguments(ZonedTimestamp.schema(), "2026-11-21T03:34:52.123456789Z"),
        arguments(ZonedTimestamp.schema(), "2026-02-30T00:00:00Z"),
        arguments(ZonedTimestamp.schema(), "2026-11-21"),
        arguments(ZonedTimestamp.schema(), "2026-11-21T03:34:52Zulu"),
        arguments(ZonedTimestamp.schema(), "+300000-01-01T00:00:00Z"),
        arguments(ZonedTimestamp.schema(), "-9999-01-01T00:00:00Z"),
        arguments(IsoTime.schema(), "24:00:01Z"),
        arguments(MicroTime.schema(), DAY + 1),
        arguments(MicroTime.schema(), -1L),
        arguments(io.debezium.time.Date.schema(), Integer.MAX_VALUE - 1),
        arguments(io.debezium.time.Date.schema(), 2_146_033_980),
        arguments(IsoDate.schema(), "+999999999-01-01Z"),
        arguments(IsoTimestamp.schema(), "+999999999-01-01T00:00:00Z"),
        arguments(io.debezium.time.Timestamp.schema(), 9_224_000_000_000_000L),
        arguments(time, StructuredTime.from(time, LocalTime.of(0, 0, 0, 1))),
        arguments(
            StructuredDate.schema(),
            new Struct(StructuredDate.schema()).put("specialValue", "SOON")));
  }

  private static int day(String date) {
    return (int) LocalDate.parse(date).toEpochDay();
  }

  private static Arguments typed(Arguments each, LogicalType type) {
    Object[] values = each.get();
    return arguments(values[0], type, values[1], values[2]);
  }

  /** The hand-written parser against the library's, over the range that both hold. */
  @ParameterizedTest
  @MethodSource
  void parserAgreesWithLibrary(Instant instant) {
    assertEquals(
        Math.addExact(
            Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000),
        TemporalText.timestamp(instant.toString()));
  }

  static Stream<Instant> parserAgreesWithLibrary() {
    java.util.Random random = new java.util.Random(1);
    long first = Instant.parse("-4713-11-24T00:00:00Z").getEpochSecond();
    long last = Instant.parse("+294246-01-01T00:00:00Z").getEpochSecond();
    return random
        .longs(200, first, last)
        .mapToObj(second -> Instant.ofEpochSecond(second, random.nextInt(1_000_000) * 1_000L));
  }
}
