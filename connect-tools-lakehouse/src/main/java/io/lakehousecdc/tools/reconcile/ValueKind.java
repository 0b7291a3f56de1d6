// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.tools.reconcile.Form.FLOAT;
import static io.lakehousecdc.tools.reconcile.Form.INSTANT;
import static io.lakehousecdc.tools.reconcile.Form.NUMBER;
import static io.lakehousecdc.tools.reconcile.Form.TEXT;
import static io.lakehousecdc.tools.reconcile.Form.WHOLE;

import io.lakehousecdc.sink.postgres.catalog.PgType;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;

/**
 * What values of a SQL type are, and their canonical form: equal if and only if the values are,
 * also where Debezium and the sink have changed how they are written.
 */
enum ValueKind {
  WHOLE_NUMBER(WHOLE, "(%s)::int8"),
  TRUTH(WHOLE, "(%s)::int4::int8"),
  FLOATING(FLOAT, "(%s)::float8"),
  /** Trailing zeros, which Debezium may leave out, do not count. */
  DECIMAL(NUMBER, "(%s)::numeric"),
  /** A number that the other side has as text. */
  DECIMAL_AS_TEXT(TEXT, "trim_scale((%s)::numeric)::text"),
  /** A number in a column of text, or what is none there. */
  DECIMAL_TEXT(
      TEXT,
      "CASE WHEN (%1$s)::text ~ '^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]{1,4})?$'"
          + " THEN trim_scale((%1$s)::text::numeric)::text ELSE (%1$s)::text END"),
  TEXTUAL(TEXT, "(%s)::text"),
  /** A cast to text would cut the blanks off. */
  PADDED(TEXT, ValueKind.AS_WRITTEN),
  IDENTIFIER(TEXT, "(%s)::text"),
  JSON_TEXT(TEXT, "(%s)::text"),
  JSON_BINARY(TEXT, "(%s)::text"),
  BYTES(TEXT, "encode(%s, 'hex')"),
  DATE(INSTANT, "(%s)::timestamp"),
  TIMESTAMP(INSTANT, "(%s)"),
  TIMESTAMP_WITH_ZONE(INSTANT, "(%s AT TIME ZONE 'UTC')"),
  TIME_OF_DAY(TEXT, "(%s)::text"),
  /** Debezium sends it in UTC. */
  TIME_WITH_ZONE(TEXT, "(%s AT TIME ZONE 'UTC')::text"),
  /** A month counts 30.4375 days, as Debezium sends it where it sends a number. */
  INTERVAL(
      WHOLE,
      "((extract(year FROM %1$s) * 12 + extract(month FROM %1$s)) * 2629800000000"
          + " + extract(day FROM %1$s) * 86400000000"
          + " + (extract(hour FROM %1$s) * 60 + extract(minute FROM %1$s)) * 60000000"
          + " + extract(microseconds FROM %1$s))::int8"),
  /** Any other type, by the text that the server writes it as. */
  OTHER(TEXT, ValueKind.AS_WRITTEN);

  /** What the type's output function writes; {@code format} makes an empty text of NULL. */
  private static final String AS_WRITTEN =
      "CASE WHEN num_nulls(%1$s) = 0 THEN format('%%s', %1$s) END";

  /** Types whose values the sink writes as text where it finds a column of text. */
  private static final Set<ValueKind> WRITTEN_AS_TEXT =
      Set.of(TEXTUAL, PADDED, IDENTIFIER, JSON_TEXT, JSON_BINARY, OTHER);

  /** Types whose values Debezium sends in another form than the server's text. */
  private static final Set<String> SENT_OTHERWISE =
      Set.of(
          "hstore",
          "bit",
          "varbit",
          "point",
          "circle",
          "line",
          "geometry",
          "geography",
          "sparsevec",
          "tstzrange",
          "tstzmultirange");

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

  private final Form form;
  private final String canonical;

  ValueKind(Form form, String canonical) {
    this.form = form;
    this.canonical = canonical;
  }

  Form form() {
    return form;
  }

  /** SQL of the canonical form of a column. */
  String sql(String column) {
    return form == TEXT
        ? canonical.formatted(column) + " COLLATE \"C\""
        : canonical.formatted(column);
  }

  /** Whether a row can be looked up by such a value. */
  boolean isKey() {
    return this != FLOATING && this != INTERVAL && this != TIME_WITH_ZONE;
  }

  /** Whether equal values are written alike, so that they are found by the column as it is. */
  boolean isWrittenAlike() {
    return this != DECIMAL_TEXT;
  }

  /** SQL of the value, without the type of its column, that a server's text of it stands for. */
  String fromText(String text) {
    if (form == INSTANT) {
      return ("CASE WHEN %1$s LIKE '%%infinity' THEN %1$s::timestamp"
              + " ELSE timestamp 'epoch' + %1$s::int8 / 86400000000 * interval '1 day'"
              + " + %1$s::int8 %% 86400000000 * interval '1 microsecond' END"
              + (this == TIMESTAMP_WITH_ZONE ? " AT TIME ZONE 'UTC'" : ""))
          .formatted(text);
    }
    return switch (this) {
      case TRUTH -> text + "::int4";
      case BYTES -> "decode(" + text + ", 'hex')";
      default -> text;
    };
  }

  /** The text of the value as PostgreSQL writes it. */
  String serverText(String text) {
    return switch (this) {
      case TRUTH -> text.equals("1") ? "t" : "f";
      case BYTES -> "\\x" + text;
      case DATE -> text.endsWith("infinity") ? text : Form.time(text).toLocalDate().toString();
      case TIMESTAMP -> text.endsWith("infinity") ? text : SECONDS.format(Form.time(text));
      case TIMESTAMP_WITH_ZONE ->
          text.endsWith("infinity") ? text : SECONDS.format(Form.time(text)) + "+00";
      default -> text;
    };
  }

  /** What values of a type of PostgreSQL are. */
  static ValueKind of(PgType type) {
    if (type.element() != null) {
      return OTHER;
    }
    return switch (type.name()) {
      case "int2", "int4", "int8", "oid" -> WHOLE_NUMBER;
      case "bool" -> TRUTH;
      case "float4", "float8" -> FLOATING;
      case "numeric", "money" -> DECIMAL;
      case "text", "varchar", "name", "citext", "xml" -> TEXTUAL;
      case "bpchar" -> PADDED;
      case "uuid" -> IDENTIFIER;
      case "json" -> JSON_TEXT;
      case "jsonb" -> JSON_BINARY;
      case "bytea" -> BYTES;
      case "date" -> DATE;
      case "timestamp" -> TIMESTAMP;
      case "timestamptz" -> TIMESTAMP_WITH_ZONE;
      case "time" -> TIME_OF_DAY;
      case "timetz" -> TIME_WITH_ZONE;
      case "interval" -> INTERVAL;
      default -> OTHER;
    };
  }

  /**
   * How values of two columns of PostgreSQL are compared; empty where they are not.
   *
   * @param source type of the source's column
   * @param target type of the target's column
   */
  static Optional<Pair> pair(PgType source, PgType target) {
    ValueKind from = of(source);
    ValueKind to = of(target);
    if (from == to) {
      return from != OTHER || source.name().equals(target.name()) && isAsWritten(source.element())
          ? Optional.of(new Pair(from, to))
          : Optional.empty();
    }
    if (isJson(from) && isJson(to)) {
      return Optional.of(new Pair(from, to).asJsonb());
    }
    if (isNumber(from) && isNumber(to)) {
      return Optional.of(new Pair(DECIMAL, DECIMAL));
    }
    if (from == TIMESTAMP && to == TIMESTAMP_WITH_ZONE) {
      return Optional.of(new Pair(from, to));
    }
    if (from == DECIMAL && to == TEXTUAL) {
      return Optional.of(new Pair(DECIMAL_AS_TEXT, DECIMAL_TEXT));
    }
    if (!isSentAsWritten(source)) {
      return Optional.empty();
    }
    if (WRITTEN_AS_TEXT.contains(from) && (to == TEXTUAL || to == PADDED) || isEnum(from, to)) {
      return Optional.of(new Pair(from, to));
    }
    return Optional.empty();
  }

  /** Whether Debezium sends values that have no type of their own as the server writes them. */
  static boolean isSentAsWritten(PgType source) {
    return source.element() == null && !SENT_OTHERWISE.contains(source.name());
  }

  /** Whether elements of an array, if it is one, come as the source's server writes them. */
  private static boolean isAsWritten(PgType element) {
    return element == null
        || switch (of(element)) {
          case DECIMAL, JSON_TEXT, INTERVAL, TIME_WITH_ZONE -> false;
          default -> true;
        };
  }

  private static boolean isEnum(ValueKind from, ValueKind to) {
    return from == TEXTUAL && to == OTHER;
  }

  private static boolean isJson(ValueKind kind) {
    return kind == JSON_TEXT || kind == JSON_BINARY;
  }

  private static boolean isNumber(ValueKind kind) {
    return kind == WHOLE_NUMBER || kind == DECIMAL;
  }

  /** The canonical forms of two columns. */
  record Pair(ValueKind source, ValueKind target, String cast) {
    Pair(ValueKind source, ValueKind target) {
      this(source, target, "");
    }

    /** White space and the order of keys do not count where one of the columns drops them. */
    Pair asJsonb() {
      return new Pair(source, target, "::jsonb");
    }

    Form form() {
      return source.form();
    }

    String sourceSql(String column) {
      return source.sql(column + cast);
    }

    String targetSql(String column) {
      return target.sql(column + cast);
    }
  }
}
