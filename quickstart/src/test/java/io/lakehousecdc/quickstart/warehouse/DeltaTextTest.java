// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link DeltaText}; the expected texts are those of PostgreSQL 18. */
class DeltaTextTest {
  @Test
  void timestampsHaveTheMicrosecondsThatTheyNeed() {
    assertEquals("1970-01-01 00:00:00", text(TimestampNTZType.TIMESTAMP_NTZ, 0L));
    assertEquals("1970-01-01 00:00:01.5", text(TimestampNTZType.TIMESTAMP_NTZ, 1_500_000L));
    assertEquals("1969-12-31 23:59:59.999999", text(TimestampNTZType.TIMESTAMP_NTZ, -1L));
    assertEquals("1970-01-01 00:00:00.00001+00", text(TimestampType.TIMESTAMP, 10L));
  }

  @Test
  void decimalsKeepTheirScaleAndDatesAreIso() {
    assertEquals("12.50", text(new DecimalType(10, 2), new BigDecimal("12.50")));
    assertEquals("2000-02-29", text(DateType.DATE, 11_016));
  }

  @Test
  void arraysAreQuotedWhereTheyHaveToBe() {
    assertEquals(
        "{plain,\"two words\",\"a,b\",\"say \\\"hi\\\"\",\"back\\\\slash\",\"\",\"null\",NULL}",
        text(
            new ArrayType(StringType.STRING, true),
            Arrays.asList(
                "plain", "two words", "a,b", "say \"hi\"", "back\\slash", "", "null", null)));
    assertEquals("{}", text(new ArrayType(StringType.STRING, true), List.of()));
  }

  @Test
  void nullIsNull() {
    assertNull(text(StringType.STRING, null));
  }

  @Test
  void yearsBeforeChristAreNamed() {
    assertEquals("0044-03-15 BC", text(DateType.DATE, -735_160));
    assertEquals(
        "0001-12-31 00:00:00+00 BC", text(TimestampType.TIMESTAMP, -62_135_683_200_000_000L));
  }

  @Test
  void bytesAreHex() {
    assertEquals("\\xdead00", text(BinaryType.BINARY, new byte[] {(byte) 0xde, (byte) 0xad, 0}));
  }

  @Test
  void typeWithoutATextIsRefusedByName() {
    assertEquals(
        "the proof knows no text for values of Delta's type struct()",
        assertThrows(DemoFailure.class, () -> text(new StructType(), List.of())).getMessage());
  }

  private static String text(DataType type, Object value) {
    return DeltaText.of(new Values(type, Arrays.asList(value)), 0);
  }

  /** A vector of given values, as Kernel's readers hand out. */
  private record Values(DataType type, List<?> values) implements ColumnVector {
    @Override
    public DataType getDataType() {
      return type;
    }

    @Override
    public int getSize() {
      return values.size();
    }

    @Override
    public void close() {}

    @Override
    public boolean isNullAt(int row) {
      return values.get(row) == null;
    }

    @Override
    public int getInt(int row) {
      return (Integer) values.get(row);
    }

    @Override
    public long getLong(int row) {
      return (Long) values.get(row);
    }

    @Override
    public BigDecimal getDecimal(int row) {
      return (BigDecimal) values.get(row);
    }

    @Override
    public byte[] getBinary(int row) {
      return (byte[]) values.get(row);
    }

    @Override
    public String getString(int row) {
      return (String) values.get(row);
    }

    @Override
    public ArrayValue getArray(int row) {
      Values elements = new Values(((ArrayType) type).getElementType(), (List<?>) values.get(row));
      return new ArrayValue() {
        @Override
        public int getSize() {
          return elements.getSize();
        }

        @Override
        public ColumnVector getElements() {
          return elements;
        }
      };
    }
  }
}
