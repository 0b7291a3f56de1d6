// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

class KeysAheadTest {
  private static final int KEYS = 60_000;

  /** Narrow and wide keys; the index is divided into more parts on the way. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takenBackKeysPointWhereTheyPointedBefore(boolean wide) {
    DataType type = wide ? StringType.STRING : LongType.LONG;
    try (KeyMap map =
        new KeyMap(
            List.of(new DeltaColumn("id", "id", OptionalInt.of(1), type, false)),
            Set.of(),
            IndexMemory.unlimited())) {
      List<KeyBits> keys = new ArrayList<>();
      for (long id = 0; id < KEYS; id++) {
        keys.add(map.encode(new Object[] {wide ? "key " + id : (Object) id}));
      }
      map.put(keys.subList(0, 20_000), file("a"));
      map.put(keys.subList(15_000, 25_000), file("b"));
      long[] before = map.get(keys);
      long entries = map.entries();

      SplittableRandom random = new SplittableRandom(1);
      KeysAhead ahead = new KeysAhead(map);
      for (int i = 0; i < 20_000; i++) {
        ahead.remove(keys.get(random.nextInt(KEYS)));
      }
      for (String name : List.of("c", "d", "b")) {
        List<KeyBits> placed = new ArrayList<>();
        for (int i = 0; i < 40_000; i++) {
          placed.add(i % 10 == 0 ? null : keys.get(random.nextInt(KEYS)));
        }
        ahead.put(placed, file(name));
      }
      assertFalse(Arrays.equals(before, map.get(keys)));

      ahead.takeBack();
      assertArrayEquals(before, map.get(keys));
      assertEquals(entries, map.entries());
    }
  }

  private static LiveFile file(String name) {
    return new LiveFile(
        DataFile.written(name, Map.of(), 1, 1, "{}"),
        name,
        KEYS,
        new RoaringBitmap(),
        new PositionBounds(Optional.empty(), Optional.empty()));
  }
}
