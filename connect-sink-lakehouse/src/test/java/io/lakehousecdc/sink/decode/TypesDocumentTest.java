// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.decode.type.PlainTypes;
import io.lakehousecdc.sink.decode.type.SemanticTypes;
import io.lakehousecdc.sink.decode.type.TemporalTypes;
import io.lakehousecdc.sink.decode.type.TypeRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Test that {@code docs/TYPES.md} lists the type table. */
class TypesDocumentTest {
  private static final String HEAD =
      """
      # Types

      <!-- Generated from the type table. To write it anew:
      mvn -pl connect-sink-lakehouse -am test -Dtest=TypesDocumentTest \
      -Dsurefire.failIfNoSpecifiedTests=false -Dlakehousecdc.docs.write=true -->

      The tables list what Debezium sends for each PostgreSQL type, and the logical type that the sink
      gives it. A column is looked up by its semantic name (the Connect schema's name), then by its
      Connect type, so a semantic name that is not listed is read as its plain Connect type. A value is
      stored exactly, or its record is rejected with the reason; nothing is rounded.

      """;

  private static final String TAIL =
      """

      ## Values that did not change

      PostgreSQL does not log a large (TOAST) value that an update left unchanged. Debezium sends a
      placeholder instead, and the sink keeps the stored value. Set `unavailable.value.placeholder` to
      the source's value if that is not the default. The sink recognises these forms:

      - the text itself, also in hex, in Base64, and as the only element of an array of text or JSON;
      - its bytes, also as the only element of an array, and one number per byte in arrays of integers
        and dates;
      - its UUID (version 3, of the bytes) as the only element of an array of UUIDs;
      - a map, or a JSON object, from the text to the text (hstore).

      For other types Debezium has no placeholder and sends **NULL**, which the sink cannot
      distinguish from a real NULL: numeric without a scale (except with
      `decimal.handling.mode=string`), bytea with `binary.handling.mode=base64` or `base64-url-safe`,
      bytea[] with any mode except `bytes`, arrays of other types (int2, float8, numeric, timestamp,
      boolean …), vectors, PostGIS geometries, long bit strings. Set `REPLICA IDENTITY FULL` for tables
      with such large values, or use `ReselectColumnsPostProcessor` at the source. The sink warns once
      per column when an update without the old row has NULL in a column of such a type. For bytea as
      text and numeric as float8 it can do so only with `column.propagate.source.type`.

      ## Old values

      Under replica identity DEFAULT a delete holds only the key. Debezium makes up the rest of
      `before`: NULL, the column's default, or a zero of its type. The sink uses `before` only if a
      value outside of the key cannot have been made up, or if records have no key (PostgreSQL then
      accepts deletes only under FULL). Without schemas the default is not known, so `before` of a table
      with a key is not used.

      Under `REPLICA IDENTITY USING INDEX`, and with `message.key.columns` at the source that are not in
      the identity, PostgreSQL logs other columns than those of the record key, and Debezium makes the
      key of deletes up (`id = 0`). Such a delete finds no row, and the row that it means stays. The sink
      counts it (`SkippedNothingToDeleteTotal`), warns, and never stores a soft-deleted row for a key
      that may be made up. Set `REPLICA IDENTITY FULL`, or let `message.key.columns` name the columns of
      the identity's index.

      ## What the source loses

      These values do not reach the sink, or not as they are in the table. Recorded with Debezium 3.7.0 on
      PostgreSQL 15 in default modes. The sink cannot tell them from real values, except where it is
      said.

      | source | what arrives |
      |---|---|
      | `name` | NULL in streamed changes; snapshots have the value. With `column.propagate.source.type` the sink warns once per column |
      | arrays of enums with a label in quotes or a NULL | the whole array is NULL |
      | `bit(n)[]`, `numeric[]` with NaN | NULL |
      | `int2vector` | an empty array |
      | `time[]` | microseconds are cut to milliseconds, and 24:00 is 00:00 |
      | `date[]`, `timestamptz[]` | years BC as years AD: 0044 BC is 0044 |
      | arrays with other lower bounds than 1 | bounds are lost |
      | `int[]` of several dimensions | an array of NULLs |
      | `text[]` of several dimensions | names of Java objects: rejected |
      | `numeric` without scale | trailing zeros are lost |
      | `numeric` NaN and infinities | NULL; text with `decimal.handling.mode=string` |
      | `timetz` | the time in UTC, without its offset |
      | `interval` | a month is 30.4375 days, unless `interval.handling.mode=string` |
      | `varbit` | leading zeros are lost |
      | `time.precision.mode=connect` | milliseconds |
      | `char(n)` | padded with blanks to n, as PostgreSQL shows it: kept |
      | composite types, multiranges, `pg_lsn`, `tsquery`, `jsonpath`, `xid8`, `regclass`; arrays of domains | the column is absent. With `include.unknown.datatypes` bytes of the text, which the sink stores as text where `column.propagate.source.type` tells the type |
      | `money[]`, `interval[]`, `xml[]`, `point[]` | the column is absent |
      | TRUNCATE, through `ExtractNewRecordState` | nothing: the rows stay. Send envelopes, or delete instead |
      | names with `field.name.adjustment.mode=avro_unicode` | `my_u0020col` for `my col`, `my_u005fcol` for `my_col`: kept so, with a warning |

      ## What converters lose

      - `replace.null.with.default` is on by default in Kafka's JSON converter: an explicit NULL in a
        column with a default arrives as the default. Set it to `false` for keys and values, at the
        source connector and at the sink, and in `ExtractNewRecordState`. The sink warns when it
        detects that it is on.
      - Kafka's JSON converter with schemas reads NaN, Infinity and -Infinity of float4 and float8 as
        **0**. The sink cannot detect it. Use Avro or Protobuf if such values occur.
      - Kafka's JSON converter refuses a record with a text of more than 20,000,000 characters (Jackson's
        `StreamReadConstraints`; Base64 of 15 MB of bytes). `errors.tolerance=all` sends it to the dead
        letter queue. Use Avro or Protobuf for such values, or leave the column out at the source.
      - JSON without schemas loses all types, see [below](#json-without-schemas).
      - Generated columns are in snapshots and not in streamed changes, and are NULL in changes that
        are streamed after a blocking snapshot. Leave them out with `field.exclude.list` and compute
        them in the target.

      ## json and jsonb

      A column is created as jsonb unless the source tells that it has json: with
      `column.propagate.source.type` (or `datatype.propagate.source.type`) json stays json, character by
      character. An existing column is json, jsonb or text as it is. jsonb does not keep white space, the
      order of keys, and the form of numbers. What it cannot hold is rejected, with the remedy: an
      object with a key twice, and `\\u0000`. Delta keeps the text.

      ## JSON without schemas

      With `schemas.enable=false` a record tells neither types nor units. Its columns are UNTYPED: the
      type of the target's column says how a value is read, and a value that may mean two things is
      rejected. So create tables with the source's types beforehand.

      | column of the target | what is read |
      |---|---|
      | numbers | numbers, text of numbers; decimals of `decimal.handling.mode=precise` in Base64. Where both are possible (scale 0), the value is rejected |
      | bytes | Base64 |
      | `bit(n)`, `varbit` | Base64, text of 0 and 1. Where both are possible (`varbit` only), the value is rejected. Delta keeps the Base64 text |
      | date | days since 1970, ISO-8601 text |
      | time of day, timestamp | numbers in the unit of `schemaless.time.unit`, ISO-8601 text |
      | interval | microseconds, ISO-8601 text |
      | boolean | `true` and `false`, also as text |
      | text | text as it is, anything else as JSON: in Delta, where times of day are text, that is a number |

      `schemaless.time.unit` is by default `auto`: milliseconds if the column has at most three fraction
      digits, else microseconds, as Debezium's adaptive mode writes them for columns of the same
      precision. Delta's timestamps have six digits. A number is rejected if its unit is not certain:
      a timestamp within 400 days of 1970 (but not 1970-01-01 00:00 itself) or beyond the year 9999,
      and a time of day that is one in milliseconds, too. Set `adaptive` to accept these, and
      `milliseconds` for `time.precision.mode=connect`, `microseconds` or `nanoseconds` for those modes.

      If the table or a column has to be created, PostgreSQL gets the type of the first value (boolean,
      bigint, double precision, text, jsonb) and Delta text. A warning lists these guesses. The
      converter truncates integers beyond 64 bits.

      ## Flattened records

      The sink reads these metadata of `ExtractNewRecordState`, from fields or headers, and does not
      store them as columns: `op`, `source.sequence`, `source.lsn`, `source.snapshot`, `source.db`,
      `source.schema`, `source.table`, `source.name`, `source.connector`, each with `source.` or without,
      and `source.ts_us`, `source.ts_ms`, `source.ts_ns`; also `__deleted`. `ts_ms` without `source.` is
      left out and not used: it is the time of emission and not of the commit. Other fields that the
      transform adds, such as `txId`, become columns. Their names begin with `flattened.prefix` (`__`),
      which is `add.fields.prefix` and `add.headers.prefix` of the transform; only `__deleted` is named
      so under any prefix.

      A column of the source is data, whatever its name. A field counts as metadata only if its type
      is the one that the transform gives it, so that a boolean `__deleted` or a numeric `__version`
      is a column; if, with a schema, it is in the last unbroken row of fields with that prefix,
      because the transform adds its fields behind the columns; and if `op`, `__deleted`, `sequence`,
      `lsn` or `table` is among them. A table whose last columns have such names and types needs
      another prefix. A text column `__deleted` cannot be told from the transform's; its rows are
      rejected where it is neither `true` nor `false` or contradicts `op`. Do not cast the transform's
      `__deleted` to a boolean: it would be a column, and its deletes updates.

      Without `op` a row counts as an update. Without `sequence` and `lsn` changes are applied in the
      order of arrival, and the sink warns once per table. The transform drops truncates.
      `source.name`, `source.db` and `source.connector` tell sources apart; without `name` it is the topic's
      name without schema and table. A source that is told otherwise later counts as another one: choose
      before the first start.

      ## Other records

      Heartbeats, transaction boundaries, schema changes, notifications and logical messages are
      skipped. They are told by the name of their schema, or by the names and types of all their
      members, so that an audit table with columns `op`, `source` and `ts_ms` is a table. CloudEvents
      (`CloudEventsConverter`) are not supported: they are rejected by name.
      """;

  @Test
  void documentIsTheTypeTable() throws IOException {
    Path document = root().resolve("docs/TYPES.md");
    String expected = HEAD + table() + TAIL;
    if (Boolean.getBoolean("lakehousecdc.docs.write")) {
      Files.writeString(document, expected);
    }
    assertEquals(
        expected,
        Files.readString(document),
        "docs/TYPES.md is not the type table. Run this test with -Dlakehousecdc.docs.write=true");
  }

  private static String table() {
    StringBuilder text = new StringBuilder();
    section(text, "Plain Connect types", PlainTypes.ROWS);
    section(text, "Numbers, text, bits and shapes", SemanticTypes.ROWS);
    section(text, "Dates, times and intervals", TemporalTypes.ROWS);
    return text.toString().stripTrailing() + "\n";
  }

  private static void section(StringBuilder text, String title, List<TypeRow> rows) {
    text.append("## ").append(title).append("\n\n");
    text.append("| PostgreSQL, source setting | Connect | Logical type | Note |\n");
    text.append("|---|---|---|---|\n");
    for (TypeRow row : rows) {
      String connect =
          row.semantic() == null
              ? row.connect().toString()
              : row.connect() + " `" + row.semantic() + "`";
      text.append(
          "| %s | %s | %s | %s |\n".formatted(row.postgres(), connect, row.logical(), row.note()));
    }
    text.append('\n');
  }

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
