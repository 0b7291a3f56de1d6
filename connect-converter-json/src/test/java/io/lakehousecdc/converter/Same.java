// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** Whether two of Connect's values are the same, arrays of bytes and kinds of numbers included. */
final class Same {
  private Same() {}

  static boolean values(Object one, Object other) {
    if (one == null || other == null) {
      return one == other;
    }
    if (one instanceof byte[] bytes) {
      return other instanceof byte[] others && Arrays.equals(bytes, others);
    }
    if (one.getClass() != other.getClass()) {
      return false;
    }
    if (one instanceof Struct struct) {
      return structs(struct, (Struct) other);
    }
    if (one instanceof List<?> list) {
      return lists(list, (List<?>) other);
    }
    if (one instanceof Map<?, ?> map) {
      return maps(map, (Map<?, ?>) other);
    }
    return one.equals(other);
  }

  private static boolean structs(Struct one, Struct other) {
    if (!one.schema().equals(other.schema())) {
      return false;
    }
    for (Field field : one.schema().fields()) {
      if (!values(one.getWithoutDefault(field.name()), other.getWithoutDefault(field.name()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean lists(List<?> one, List<?> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!values(one.get(i), other.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean maps(Map<?, ?> one, Map<?, ?> other) {
    if (!one.keySet().equals(other.keySet())) {
      return false;
    }
    for (Object key : new ArrayList<>(one.keySet())) {
      if (!values(one.get(key), other.get(key))) {
        return false;
      }
    }
    return true;
  }
}
