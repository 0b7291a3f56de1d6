// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;

/** The values that Debezium makes up for NOT NULL columns whose old value was not logged. */
final class Fabricated {
  private Fabricated() {}

  static Object value(Schema schema) {
    if (schema.defaultValue() != null) {
      return schema.defaultValue();
    }
    if (Decimal.LOGICAL_NAME.equals(schema.name())) {
      int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
      return new BigDecimal(BigInteger.ZERO, scale);
    }
    return switch (schema.type()) {
      case INT8 -> (byte) 0;
      case INT16 -> (short) 0;
      case INT32 -> 0;
      case INT64 -> 0L;
      case FLOAT32 -> 0f;
      case FLOAT64 -> 0d;
      case BOOLEAN -> false;
      case STRING -> "";
      case BYTES -> ByteBuffer.allocate(0);
      case ARRAY -> List.of();
      case MAP -> Map.of();
      case STRUCT ->
          throw new IllegalArgumentException("no made-up value is known for " + schema.name());
    };
  }
}
