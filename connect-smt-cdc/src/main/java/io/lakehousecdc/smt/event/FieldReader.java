// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;

/** A reader of one field of a struct, map or headers, with the lookup resolved beforehand. */
@FunctionalInterface
public interface FieldReader {

  /** A reader of a field that does not exist. */
  FieldReader ABSENT = container -> null;

  /** The field's value, or null where it is absent or null. */
  Object read(Object container);

  /** Reads a field of structs of this schema; {@link #ABSENT} where the schema lacks it. */
  static FieldReader ofStruct(Schema schema, String name) {
    Field field = schema.field(name);
    return field == null ? ABSENT : container -> ((Struct) container).get(field);
  }

  /** Reads an entry of maps. */
  static FieldReader ofMap(String name) {
    return container -> ((Map<?, ?>) container).get(name);
  }

  /** Reads the last header of this name. */
  static FieldReader ofHeaders(String name) {
    return container -> {
      Header header = ((Headers) container).lastWithName(name);
      return header == null ? null : header.value();
    };
  }

  /** A reader that reads the fallback if this one finds nothing. */
  default FieldReader or(FieldReader fallback) {
    if (this == ABSENT) {
      return fallback;
    }
    if (fallback == ABSENT) {
      return this;
    }
    return container -> {
      Object value = read(container);
      return value == null ? fallback.read(container) : value;
    };
  }

  /** Text of the field, or null. */
  default String text(Object container) {
    Object value = read(container);
    return value == null ? null : value.toString();
  }
}
