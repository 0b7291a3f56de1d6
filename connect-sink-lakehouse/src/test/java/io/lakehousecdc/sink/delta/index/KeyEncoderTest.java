// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.error.RecordException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyEncoderTest {

  private record Bits(long first, long second) {}

  @Test
  void keysOfUpTo64BitsAreNarrow() {
    assertFalse(encoder(LongType.LONG).wide());
    assertFalse(encoder(TimestampType.TIMESTAMP).wide());
    assertFalse(encoder(IntegerType.INTEGER, DateType.DATE).wide());
    assertFalse(encoder(ShortType.SHORT, IntegerType.INTEGER, ShortType.SHORT).wide());
    assertTrue(encoder(LongType.LONG, ShortType.SHORT).wide());
    assertTrue(encoder(StringType.STRING).wide());
    assertTrue(encoder(new DecimalType(10, 2)).wide());
  }

  @Test
  void differentNarrowKeysHaveDifferentBits() {
    KeyEncoder encoder = encoder(IntegerType.INTEGER, ShortType.SHORT);
    Set<Bits> seen = new HashSet<>();
    int[] ints = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 65536, -65536};
    int count = 0;
    for (int a : ints) {
      for (int b = Short.MIN_VALUE; b <= Short.MAX_VALUE; b++) {
        seen.add(bits(encoder, a, (short) b));
        count++;
      }
    }
    assertEquals(count, seen.size());
  }

  @Test
  void singleNumberIsEncodedAlikeBoxedOrNotAndAtAnyWidth() {
    KeyEncoder encoder = encoder(LongType.LONG);
    SplittableRandom random = new SplittableRandom(1);
    EncodedKey plain = new EncodedKey();
    for (int i = 0; i < 1000; i++) {
      int value = random.nextInt();
      encoder.encode(value, plain);
      assertEquals(bits(encoder, value), new Bits(plain.first(), plain.second()));
      assertEquals(bits(encoder, (long) value), bits(encoder, value));
    }
  }

  @Test
  void listsOfValuesThatLookAlikeAreToldApart() {
    KeyEncoder encoder = encoder(StringType.STRING, StringType.STRING);
    List<Object[]> keys =
        List.of(
            new Object[] {"a", "b"},
            new Object[] {"ab", ""},
            new Object[] {"", "ab"},
            new Object[] {null, "ab"},
            new Object[] {"ab", null},
            new Object[] {"\0", ""},
            new Object[] {"", "\0"},
            new Object[] {null, null});
    Set<Bits> seen = new HashSet<>();
    keys.forEach(key -> seen.add(bits(encoder, key)));

    assertEquals(keys.size(), seen.size());
  }

  @Test
  void equalKeysHaveEqualBits() {
    KeyEncoder decimal = encoder(new DecimalType(20, 2));
    assertEquals(bits(decimal, new BigDecimal("1.50")), bits(decimal, new BigDecimal("1.5000")));
    assertEquals(bits(decimal, new BigDecimal("0")), bits(decimal, new BigDecimal("0.00")));

    KeyEncoder composite = encoder(LongType.LONG, StringType.STRING);
    assertEquals(bits(composite, 5, "x"), bits(composite, 5L, "x"));

    KeyEncoder binary = encoder(BinaryType.BINARY);
    assertEquals(
        bits(binary, (Object) new byte[] {1, 2}), bits(binary, (Object) new byte[] {1, 2}));
  }

  @Test
  void nullInANarrowKeyIsARecordError() {
    RecordException failure =
        assertThrows(RecordException.class, () -> bits(encoder(LongType.LONG), (Object) null));

    assertTrue(failure.getMessage().contains("k0"), failure.getMessage());
  }

  /** First and last rows of vectors_sip128 of the reference implementation. */
  @Test
  void sipHashMatchesTheReferenceVectors() {
    SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    EncodedKey result = new EncodedKey();

    hash.hash(new byte[0], 0, result);
    assertEquals(
        new Bits(Long.reverseBytes(0xa3817f04ba25a8e6L), Long.reverseBytes(0x6df67214c7550293L)),
        new Bits(result.first(), result.second()));

    hash.hash(new byte[] {0}, 1, result);
    assertEquals(
        new Bits(Long.reverseBytes(0xda87c1d86b99af44L), Long.reverseBytes(0x347659119b22fc45L)),
        new Bits(result.first(), result.second()));
  }

  private static KeyEncoder encoder(DataType... types) {
    List<DeltaColumn> columns = new ArrayList<>();
    for (DataType type : types) {
      String name = "k" + columns.size();
      columns.add(new DeltaColumn(name, name, OptionalInt.empty(), type, false));
    }
    return KeyEncoder.of(columns, Set.of());
  }

  private static Bits bits(KeyEncoder encoder, Object... values) {
    EncodedKey key = new EncodedKey();
    encoder.encode(values, key);
    return new Bits(key.first(), key.second());
  }
}
