// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import io.debezium.data.geometry.Circle;
import io.debezium.data.geometry.Geometry;
import io.debezium.data.geometry.Line;
import io.debezium.data.geometry.Point;
import io.debezium.data.vector.SparseDoubleVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Struct;

/**
 * Conversions of geometric types and sparse vectors to the forms that PostgreSQL and PostGIS read.
 */
final class Geometries {
  /** Bit of an EWKB type word which says that an SRID follows it. */
  private static final int HAS_SRID = 0x2000_0000;

  private Geometries() {}

  /** {@code (x,y)}. */
  static Object point(Object value) {
    Struct point = (Struct) value;
    return "("
        + point.getWithoutDefault(Point.X_FIELD)
        + ","
        + point.getWithoutDefault(Point.Y_FIELD)
        + ")";
  }

  /** {@code <(x,y),r>}. */
  static Object circle(Object value) {
    Struct circle = (Struct) value;
    return "<"
        + point(circle.getWithoutDefault(Circle.CENTER_FIELD))
        + ","
        + circle.getWithoutDefault(Circle.RADIUS_FIELD)
        + ">";
  }

  /** <code>{a,b,c}</code>. */
  static Object line(Object value) {
    Struct line = (Struct) value;
    return "{"
        + line.getWithoutDefault(Line.A_FIELD)
        + ","
        + line.getWithoutDefault(Line.B_FIELD)
        + ","
        + line.getWithoutDefault(Line.C_FIELD)
        + "}";
  }

  /**
   * Well-known binary; with an SRID, PostGIS's EWKB, which holds it after the type word.
   *
   * @see <a href="https://postgis.net/docs/ST_AsEWKB.html">PostGIS: EWKB</a>
   */
  static Object wkb(Object value) {
    Struct geometry = (Struct) value;
    byte[] wkb = Scalars.bytes(geometry.getWithoutDefault(Geometry.WKB_FIELD));
    Integer srid = (Integer) geometry.getWithoutDefault(Geometry.SRID_FIELD);
    if (srid == null || srid == 0 || wkb.length < 5) {
      return wkb;
    }
    ByteOrder order = wkb[0] == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    int type = ByteBuffer.wrap(wkb).order(order).getInt(1);
    if ((type & HAS_SRID) != 0) {
      return wkb;
    }
    return ByteBuffer.allocate(wkb.length + 4)
        .order(order)
        .put(wkb[0])
        .putInt(type | HAS_SRID)
        .putInt(srid)
        .put(wkb, 5, wkb.length - 5)
        .array();
  }

  /** pgvector's <code>{index:value,…}/dimensions</code>. */
  static Object sparseVector(Object value) {
    Struct struct = (Struct) value;
    StringBuilder text = new StringBuilder("{");
    Map<?, ?> vector = (Map<?, ?>) struct.getWithoutDefault(SparseDoubleVector.VECTOR_FIELD);
    TreeMap<Integer, Object> sorted = new TreeMap<>();
    vector.forEach((index, element) -> sorted.put(((Number) index).intValue(), element));
    sorted.forEach(
        (index, element) ->
            text.append(text.length() == 1 ? "" : ",").append(index).append(':').append(element));
    return text.append("}/")
        .append(struct.getWithoutDefault(SparseDoubleVector.DIMENSIONS_FIELD))
        .toString();
  }
}
