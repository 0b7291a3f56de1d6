// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.SchemalessTime;
import io.lakehousecdc.sink.postgres.catalog.PgType;
import io.lakehousecdc.sink.schema.SchemaPlanner;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The codec of values of a logical type for a column: the type they are staged as, how they are
 * encoded for that, and the cast from there, all in one place so that they cannot drift.
 *
 * @param staging type of the staged column, or of its elements
 * @param array whether it is staged as an array of {@code staging}
 * @param cast type name of the cast from there, without a type modifier, so that the assignment
 *     which follows refuses what does not fit; empty where the column itself takes the encoded form
 * @param encoder writes canonical values in the staged form
 */
public record ColumnCodec(StagingType staging, boolean array, String cast, Encoder encoder) {
  /** Money as most locales have it, with two fraction digits: numeric(21,2). */
  private static final PgType CENTS = new PgType(0, "numeric", "numeric", (21 << 16 | 2) + 4, null);

  /**
   * Codec for values of {@code incoming} and a column of {@code stored}. Total for the pairs that
   * {@link #stores} accepts; values that turn out not to fit are refused one by one.
   *
   * @param time unit of numbers that stand for times in values without a type
   */
  public static ColumnCodec of(
      LogicalType incoming, PgType stored, int serverVersion, SchemalessTime time) {
    if (incoming == Primitive.UNTYPED) {
      LogicalType type = stored.logical();
      Function<Object, Object> conversion = UntypedValues.to(stored, time);
      ColumnCodec codec = of(type, stored, serverVersion, time);
      Encoder encoder = codec.encoder;
      return codec.with((value, out) -> encoder.write(conversion.apply(value), out));
    }
    return stored.element() != null && incoming instanceof Array array
        ? array(array, stored, serverVersion)
        : scalar(incoming, stored, serverVersion);
  }

  /** Type of the staged column. */
  public String stagingSql() {
    return array ? staging.sql() + "[]" : staging.sql();
  }

  /** Whether staged values vary in length. */
  public boolean isVariable() {
    return array || staging.isVariable();
  }

  /**
   * How many times as long as its encoded form a staged value may be at most on a page, headers and
   * alignment aside: jsonb is sent as text, in which a number takes two characters, and as an entry
   * of an array 12 bytes; elements of arrays are aligned.
   */
  public int growth() {
    int element = staging == StagingType.JSONB ? 6 : 1;
    return array ? element + 1 : element;
  }

  /** Whether the column itself takes the encoded form. */
  public boolean direct() {
    return cast.isEmpty();
  }

  private ColumnCodec with(Encoder other) {
    return new ColumnCodec(staging, array, cast, other);
  }

  private static ColumnCodec scalar(LogicalType incoming, PgType stored, int serverVersion) {
    return switch (stored.name()) {
      case "bool" -> binary(StagingType.BOOL, Encoders::bool);
      case "int2" -> binary(StagingType.INT2, Encoders::int2);
      case "int4" -> binary(StagingType.INT4, Encoders::int4);
      case "int8" -> binary(StagingType.INT8, Encoders::int8);
      case "float4" -> binary(StagingType.FLOAT4, Encoders::float4);
      case "float8" -> binary(StagingType.FLOAT8, Encoders::float8);
      case "numeric" -> binary(StagingType.NUMERIC, Encoders.numeric(stored, serverVersion));
      case "money" ->
          incoming instanceof Decimal || incoming == Primitive.NUMERIC
              ? cast(stored, StagingType.NUMERIC, Encoders.numeric(CENTS, serverVersion))
              : cast(stored, Encoders.text(incoming, Integer.MAX_VALUE));
      case "text" -> binary(StagingType.TEXT, Encoders.text(incoming, Integer.MAX_VALUE));
      case "name" -> cast(stored, Encoders.name(incoming));
      case "varchar", "bpchar" ->
          cast(stored, StagingType.TEXT, Encoders.text(incoming, stored.maxCharacters()));
      case "bytea" -> binary(StagingType.BYTEA, Encoders::bytes);
      case "json" -> binary(StagingType.JSON, Encoders::json);
      case "jsonb" -> binary(StagingType.JSONB, Encoders::jsonb);
      case "uuid" -> binary(StagingType.UUID, Encoders::uuid);
      case "date" -> textOr(incoming, stored, StagingType.DATE, TimeEncoders::date);
      case "time" -> textOr(incoming, stored, StagingType.TIME, TimeEncoders.time(stored));
      case "timestamp" -> timestamp(incoming, stored, StagingType.TIMESTAMP);
      case "timestamptz" -> timestamp(incoming, stored, StagingType.TIMESTAMPTZ);
      case "timetz", "interval" -> cast(stored, TimeEncoders.text(incoming, stored));
      case "bit", "varbit" -> cast(stored, StagingType.VARBIT, Encoders::varbit);
      case "hstore" -> cast(stored, hstore());
      default -> cast(stored, Encoders.text(incoming, Integer.MAX_VALUE));
    };
  }

  private static ColumnCodec timestamp(LogicalType incoming, PgType stored, StagingType staging) {
    return textOr(
        incoming,
        stored,
        staging,
        incoming == Primitive.DATE
            ? TimeEncoders.dateAsTimestamp(stored)
            : TimeEncoders.timestamp(stored));
  }

  /** Text is left to the server to read; values are encoded. */
  private static ColumnCodec textOr(
      LogicalType incoming, PgType stored, StagingType staging, Encoder encoder) {
    return incoming == Primitive.TEXT || incoming instanceof Named
        ? cast(stored, TimeEncoders.text(incoming, stored))
        : binary(staging, encoder);
  }

  private static ColumnCodec array(Array incoming, PgType stored, int serverVersion) {
    LogicalType inner = incoming.element();
    while (inner instanceof Array nested) {
      inner = nested.element();
    }
    ColumnCodec element = scalar(inner, stored.element(), serverVersion);
    if (element.direct() || element.staging != StagingType.TEXT || isText(inner)) {
      Encoder encoder = new ArrayEncoder(element.encoder, element.staging.oid());
      boolean same = element.staging.oid() == stored.element().oid();
      return new ColumnCodec(element.staging, true, same ? "" : stored.sql(), encoder);
    }
    return cast(
        stored, (value, out) -> out.textField(TextForm.array((List<?>) value, incoming.element())));
  }

  private static Encoder hstore() {
    return (value, out) ->
        out.textField(value instanceof Map<?, ?> map ? TextForm.hstore(map) : (String) value);
  }

  private static ColumnCodec binary(StagingType staging, Encoder encoder) {
    return new ColumnCodec(staging, false, "", encoder);
  }

  private static ColumnCodec cast(PgType stored, Encoder encoder) {
    return cast(stored, StagingType.TEXT, encoder);
  }

  private static ColumnCodec cast(PgType stored, StagingType staging, Encoder encoder) {
    return new ColumnCodec(staging, false, stored.sql(), encoder);
  }

  /**
   * Whether values of {@code incoming} can be stored in a column of {@code stored} as they are, or
   * are refused one by one where they do not fit.
   */
  public static boolean stores(LogicalType incoming, LogicalType stored) {
    if (incoming.equals(stored) || incoming == Primitive.UNTYPED) {
      return true;
    }
    if (incoming instanceof Array from) {
      return stored instanceof Array to && stores(innermost(from), innermost(to))
          || isText(stored)
          || stored == Primitive.JSON
          || stored instanceof Named;
    }
    if (stored instanceof Array || incoming == Primitive.BYTES || stored == Primitive.BYTES) {
      return false;
    }
    if (incoming instanceof MapOf) {
      return stored instanceof MapOf || stored == Primitive.JSON || isText(stored);
    }
    if (isText(stored)) {
      return true;
    }
    return incoming == Primitive.TEXT || incoming instanceof Named
        ? readsText(stored)
        : converts(incoming, stored);
  }

  private static boolean readsText(LogicalType stored) {
    return !isInteger(stored)
        && stored != Primitive.BOOLEAN
        && stored != Primitive.FLOAT32
        && stored != Primitive.FLOAT64;
  }

  private static boolean converts(LogicalType incoming, LogicalType stored) {
    boolean number = isInteger(incoming) || isDecimal(incoming);
    if (stored instanceof Bits) {
      return incoming instanceof Bits || incoming == Primitive.BOOLEAN;
    }
    if (isDecimal(stored)) {
      return number || incoming == Primitive.FLOAT32 || incoming == Primitive.FLOAT64;
    }
    if (isInteger(stored)) {
      return isDecimal(incoming)
          || isInteger(incoming) && SchemaPlanner.widest(incoming, stored).equals(stored);
    }
    if (stored == Primitive.FLOAT64) {
      return incoming == Primitive.INT16
          || incoming == Primitive.INT32
          || incoming == Primitive.FLOAT32;
    }
    if (stored == Primitive.TIMESTAMP || stored == Primitive.TIMESTAMPTZ) {
      return incoming == Primitive.DATE
          || incoming == Primitive.TIMESTAMP
          || incoming == Primitive.TIMESTAMPTZ;
    }
    if (stored instanceof MapOf) {
      return incoming == Primitive.JSON;
    }
    return stored instanceof Named && incoming != Primitive.BOOLEAN;
  }

  private static LogicalType innermost(Array array) {
    return array.element() instanceof Array nested ? innermost(nested) : array.element();
  }

  private static boolean isText(LogicalType type) {
    return type == Primitive.TEXT;
  }

  private static boolean isInteger(LogicalType type) {
    return type == Primitive.INT16 || type == Primitive.INT32 || type == Primitive.INT64;
  }

  private static boolean isDecimal(LogicalType type) {
    return type == Primitive.NUMERIC || type instanceof Decimal;
  }
}
