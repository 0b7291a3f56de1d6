package io.lakehousecdc.sink.decode;

import io.debezium.data.Bits;
import io.debezium.data.Enum;
import io.debezium.data.EnumSet;
import io.debezium.data.Json;
import io.debezium.data.TsVector;
import io.debezium.data.Uuid;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.data.Xml;
import io.debezium.data.geometry.Circle;
import io.debezium.data.geometry.Geography;
import io.debezium.data.geometry.Geometry;
import io.debezium.data.geometry.Line;
import io.debezium.data.geometry.Point;
import io.debezium.data.vector.SparseDoubleVector;
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
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.decode.ColumnType.Conversion;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Schema.Type;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * The one table of types: which logical type a Connect schema stands for, and how its values become
 * canonical. A schema is looked up by its semantic name, then by its Connect type, so that a name
 * that is not listed does no harm. {@code docs/TYPES.md} is generated from {@link #rows}.
 *
 * @see <a
 *     href="https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-data-types">Debezium:
 *     data types of the PostgreSQL connector</a>
 */
final class TypeTable {
  /**
   * @param semantic schema name; null for a plain Connect type
   * @param connect Connect type that the row applies to
   * @param postgres PostgreSQL types and source settings that lead to it
   * @param logical logical type, as the documentation names it
   * @param note what a user has to know; may be empty
   * @param columnType logical type and conversion of a schema of this kind
   */
  record Row(
      String semantic,
      Type connect,
      String postgres,
      String logical,
      String note,
      Function<Schema, ColumnType> columnType) {}

  private static final Conversion AS_IS = value -> value;

  private static final List<Row> ROWS =
      List.of(
          plain(Type.BOOLEAN, "bool, bit(1)", Primitive.BOOLEAN, "", AS_IS),
          plain(Type.INT8, "none", Primitive.INT16, "", value -> ((Byte) value).shortValue()),
          plain(Type.INT16, "int2", Primitive.INT16, "", AS_IS),
          plain(Type.INT32, "int4", Primitive.INT32, "", AS_IS),
          plain(Type.INT64, "int8, oid", Primitive.INT64, "", AS_IS),
          plain(
              Type.FLOAT32,
              "float4",
              Primitive.FLOAT32,
              "Kafka's JsonConverter reads NaN and infinities as 0: use Avro or Protobuf where they"
                  + " occur",
              AS_IS),
          plain(
              Type.FLOAT64,
              "float8; numeric and money with decimal.handling.mode=double (already rounded)",
              Primitive.FLOAT64,
              "as float4",
              AS_IS),
          new Row(
              null,
              Type.STRING,
              "text, varchar, char, citext, inet, cidr, macaddr, ranges, isbn; numeric and money"
                  + " with decimal.handling.mode=string; bytea with"
                  + " binary.handling.mode=base64, base64-url-safe or hex",
              "TEXT",
              "with column.propagate.source.type: inet, cidr, macaddr, macaddr8 and ranges as"
                  + " NAMED, numeric as DECIMAL or NUMERIC; bytea in text stays text",
              SourceTypes::text),
          plain(
              Type.BYTES,
              "bytea; types without a mapping with include.unknown.datatypes",
              Primitive.BYTES,
              "",
              Scalars::bytes),
          new Row(
              null,
              Type.ARRAY,
              "arrays of the types here; vector and halfvec",
              "ARRAY",
              "of the element's type; nulls and nesting are kept",
              Containers::array),
          new Row(
              null,
              Type.MAP,
              "hstore with hstore.handling.mode=map",
              "MAP",
              "keys are text; a map with other keys becomes JSON",
              Containers::map),
          new Row(
              null,
              Type.STRUCT,
              "structs that are not listed here",
              "JSON",
              "bytes in Base64",
              schema -> new ColumnType(Primitive.JSON, ConnectJson::text)),
          new Row(
              Decimal.LOGICAL_NAME,
              Type.BYTES,
              "numeric(p,s), money",
              "DECIMAL(p,s), or NUMERIC where the schema tells no precision",
              "NaN arrives as null (the source only logs it); use decimal.handling.mode=string to"
                  + " see it",
              SourceTypes::decimal),
          named(
              VariableScaleDecimal.LOGICAL_NAME,
              Type.STRUCT,
              "numeric",
              Primitive.NUMERIC,
              "trailing zeros are dropped at the source; NaN and infinities arrive as null",
              Scalars::variableScale),
          named(Json.LOGICAL_NAME, Type.STRING, "json, jsonb, hstore as json", Primitive.JSON),
          named(Uuid.LOGICAL_NAME, Type.STRING, "uuid", Primitive.UUID),
          named(Xml.LOGICAL_NAME, Type.STRING, "xml", Primitive.XML),
          named(Enum.LOGICAL_NAME, Type.STRING, "enum types", Primitive.TEXT),
          named(EnumSet.LOGICAL_NAME, Type.STRING, "none", Primitive.TEXT),
          named("io.debezium.data.Ltree", Type.STRING, "ltree", new Named("ltree")),
          named(TsVector.LOGICAL_NAME, Type.STRING, "tsvector", new Named("tsvector")),
          new Row(
              Bits.LOGICAL_NAME,
              Type.BYTES,
              "bit(n), varbit",
              "BITS(n)",
              "varbit loses leading zeros and length at the source: padded to n, unless"
                  + " column.propagate.source.type tells varbit",
              SourceTypes::bits),
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
              Primitive.INTERVAL),
          named(
              Point.LOGICAL_NAME,
              Type.STRUCT,
              "point",
              new Named("point"),
              "(x,y)",
              Geometries::point),
          named(
              Circle.LOGICAL_NAME,
              Type.STRUCT,
              "circle",
              new Named("circle"),
              "<(x,y),r>",
              Geometries::circle),
          named(
              Line.LOGICAL_NAME,
              Type.STRUCT,
              "line",
              new Named("line"),
              "{a,b,c}",
              Geometries::line),
          named(
              Geometry.LOGICAL_NAME,
              Type.STRUCT,
              "PostGIS geometry; box, lseg, path, polygon",
              Primitive.BYTES,
              "well-known binary; with an SRID it is PostGIS's EWKB",
              Geometries::wkb),
          named(
              Geography.LOGICAL_NAME,
              Type.STRUCT,
              "PostGIS geography",
              Primitive.BYTES,
              "as geometry",
              Geometries::wkb),
          named(
              SparseDoubleVector.LOGICAL_NAME,
              Type.STRUCT,
              "sparsevec",
              new Named("sparsevec"),
              "{index:value,…}/dimensions",
              Geometries::sparseVector));

  private static final Map<String, Row> BY_NAME =
      ROWS.stream()
          .filter(row -> row.semantic != null)
          .collect(Collectors.toMap(Row::semantic, Function.identity()));

  private static final Map<Type, Row> BY_TYPE =
      ROWS.stream()
          .filter(row -> row.semantic == null)
          .collect(Collectors.toMap(Row::connect, Function.identity()));

  private TypeTable() {}

  /** All rows: plain Connect types first. */
  static List<Row> rows() {
    return ROWS;
  }

  static ColumnType of(Schema schema) {
    Row row = schema.name() == null ? null : BY_NAME.get(schema.name());
    if (row == null || row.connect != schema.type()) {
      row = BY_TYPE.get(schema.type());
    }
    return row.columnType.apply(schema);
  }

  private static Row plain(
      Type connect, String postgres, Primitive type, String note, Conversion conversion) {
    return named(null, connect, postgres, type, note, conversion);
  }

  private static Row structured(
      String semantic, String postgres, Primitive type, Conversion conversion) {
    String source = postgres + ", time.precision.mode=structured (3.7)";
    return named(semantic, Type.STRUCT, source, type, "", conversion);
  }

  private static Row named(String semantic, Type connect, String postgres, LogicalType type) {
    return named(semantic, connect, postgres, type, "", AS_IS);
  }

  private static Row named(
      String semantic,
      Type connect,
      String postgres,
      LogicalType type,
      String note,
      Conversion conversion) {
    ColumnType columnType = new ColumnType(type, conversion);
    String logical = type instanceof Named name ? "NAMED(" + name.type() + ")" : type.toString();
    return new Row(semantic, connect, postgres, logical, note, schema -> columnType);
  }
}
