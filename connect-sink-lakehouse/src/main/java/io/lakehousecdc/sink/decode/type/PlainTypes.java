// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import static io.lakehousecdc.sink.decode.type.TypeRow.AS_IS;
import static io.lakehousecdc.sink.decode.type.TypeRow.plain;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.util.List;
import org.apache.kafka.connect.data.Schema.Type;

/** The rows of the type table for Connect types without a semantic name. */
public final class PlainTypes {
  public static final List<TypeRow> ROWS =
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
          new TypeRow(
              null,
              Type.STRING,
              "text, varchar, char, citext, inet, cidr, macaddr, ranges, isbn; numeric and money"
                  + " with decimal.handling.mode=string; bytea with"
                  + " binary.handling.mode=base64, base64-url-safe or hex",
              "TEXT",
              "with column.propagate.source.type: inet, cidr, macaddr, macaddr8 and ranges as"
                  + " NAMED, numeric as DECIMAL or NUMERIC; bytea in text stays text",
              SourceTypes::text),
          new TypeRow(
              null,
              Type.BYTES,
              "bytea; types without a mapping with include.unknown.datatypes",
              "BYTES",
              "with column.propagate.source.type the types without a mapping are text: pg_lsn,"
                  + " tsquery, jsonpath, xid8 and multiranges as NAMED, composite types and others"
                  + " as TEXT",
              SourceTypes::bytes),
          new TypeRow(
              null,
              Type.ARRAY,
              "arrays of the types here; vector and halfvec",
              "ARRAY",
              "of the element's type; nulls and nesting are kept",
              Containers::array),
          new TypeRow(
              null,
              Type.MAP,
              "hstore with hstore.handling.mode=map",
              "MAP",
              "keys are text; a map with other keys becomes JSON",
              Containers::map),
          new TypeRow(
              null,
              Type.STRUCT,
              "structs that are not listed here",
              "JSON",
              "as Kafka's JsonConverter writes it: bytes and decimals in Base64",
              schema -> new ColumnType(Primitive.JSON, value -> ConnectJson.text(schema, value))));

  private PlainTypes() {}
}
