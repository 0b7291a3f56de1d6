// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import static io.lakehousecdc.sink.decode.type.TypeRow.named;

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
import io.lakehousecdc.sink.change.LogicalType.Named;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import java.util.List;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema.Type;

/** The rows of the type table for numbers, text, bits and shapes with a semantic name. */
public final class SemanticTypes {
  public static final List<TypeRow> ROWS =
      List.of(
          new TypeRow(
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
          new TypeRow(
              Json.LOGICAL_NAME,
              Type.STRING,
              "json, jsonb, hstore as json",
              "JSON",
              "with column.propagate.source.type json is NAMED(json)",
              SourceTypes::json),
          named(Uuid.LOGICAL_NAME, Type.STRING, "uuid", Primitive.UUID),
          named(Xml.LOGICAL_NAME, Type.STRING, "xml", Primitive.XML),
          named(Enum.LOGICAL_NAME, Type.STRING, "enum types", Primitive.TEXT),
          named(EnumSet.LOGICAL_NAME, Type.STRING, "none", Primitive.TEXT),
          named("io.debezium.data.Ltree", Type.STRING, "ltree", new Named("ltree")),
          named(TsVector.LOGICAL_NAME, Type.STRING, "tsvector", new Named("tsvector")),
          new TypeRow(
              Bits.LOGICAL_NAME,
              Type.BYTES,
              "bit(n), varbit",
              "BITS(n)",
              "varbit loses leading zeros and length at the source: padded to n, unless"
                  + " column.propagate.source.type tells varbit",
              SourceTypes::bits),
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

  private SemanticTypes() {}
}
