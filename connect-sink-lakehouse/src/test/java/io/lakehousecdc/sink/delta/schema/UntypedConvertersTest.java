// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.SchemalessTime;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Values of schemaless JSON take the type of their column, or are refused. */
class UntypedConvertersTest {
  private static final DecimalType CENTS = new DecimalType(10, 2);
  private static final long NEW_YEAR_2026 = 1_767_225_600_000_000L;

  @Test
  void timesAreNumbersOrText() {
    for (DataType type : new DataType[] {TimestampType.TIMESTAMP, TimestampNTZType.TIMESTAMP_NTZ}) {
      assertThat(converted(type, NEW_YEAR_2026)).isEqualTo(NEW_YEAR_2026);
      assertThat(converted(type, "2026-01-01T00:00:00Z")).isEqualTo(NEW_YEAR_2026);
      assertThat(converted(type, "2026-01-01T00:00:00")).isEqualTo(NEW_YEAR_2026);
      assertRefused(type, NEW_YEAR_2026 / 1_000, "schemaless.time.unit");
      assertRefused(type, Long.MAX_VALUE, "no infinite timestamp");
      assertRefused(type, "infinity", "no infinite timestamp");
      assertRefused(type, 1.5, "does not fit");
      assertThat(converter(type, SchemalessTime.MILLISECONDS).convert(NEW_YEAR_2026 / 1_000))
          .isEqualTo(NEW_YEAR_2026);
    }
    assertThat(converted(DateType.DATE, 20_454L)).isEqualTo(20_454);
    assertThat(converted(DateType.DATE, "2026-01-01")).isEqualTo(20_454);
    assertRefused(DateType.DATE, 2_146_033_979L, "no date");
  }

  @Test
  void base64IsReadAsBytesAndDecimals() {
    assertThat((byte[]) converted(BinaryType.BINARY, "AQI=")).containsExactly(1, 2);
    assertRefused(BinaryType.BINARY, "?", "Base64");
    assertThat(converted(CENTS, "AfQ=")).isEqualTo(new BigDecimal("5.00"));
    assertThat(converted(CENTS, "12E1")).isEqualTo(new BigDecimal("-26620.91"));
    assertThat(converted(CENTS, "12.5")).isEqualTo(new BigDecimal("12.50"));
    assertThat(converted(CENTS, 12.5)).isEqualTo(new BigDecimal("12.50"));
    assertThat(converted(CENTS, 12L)).isEqualTo(new BigDecimal("12.00"));
    assertThat(converted(CENTS, Map.of("scale", 1L, "value", "AfQ=")))
        .isEqualTo(new BigDecimal("50.00"));
    assertRefused(CENTS, "NaN", "no number");
    assertRefused(new DecimalType(6, 0), "1234", "Base64");
  }

  @Test
  void floatingNumbersAreNotRounded() {
    assertThat(converted(FloatType.FLOAT, 0.1)).isEqualTo(0.1f);
    assertRefused(FloatType.FLOAT, 0.123456789, "does not fit");
    assertThat(converted(DoubleType.DOUBLE, 5L)).isEqualTo(5d);
    assertThat(converted(DoubleType.DOUBLE, "NaN")).isEqualTo(Double.NaN);
    assertRefused(DoubleType.DOUBLE, (1L << 53) + 1, "does not fit");
    assertRefused(DoubleType.DOUBLE, "x", "no number");
  }

  @Test
  void truthIsToldByNameOnly() {
    assertThat(converted(BooleanType.BOOLEAN, true)).isEqualTo(true);
    assertThat(converted(BooleanType.BOOLEAN, "false")).isEqualTo(false);
    assertRefused(BooleanType.BOOLEAN, "t", "neither true nor false");
    assertRefused(BooleanType.BOOLEAN, 1L, "does not fit");
  }

  private static Object converted(DataType type, Object value) {
    return converter(type, SchemalessTime.AUTO).convert(value);
  }

  private static CellConverter converter(DataType type, SchemalessTime time) {
    return CellConverters.of(Primitive.UNTYPED, type, time).orElseThrow();
  }

  private static void assertRefused(DataType type, Object value, String reason) {
    assertThatThrownBy(() -> converted(type, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
