// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The bounds that a file's statistics set to the keys of its rows: of key columns that are integers
 * or texts; others bound nothing. Immutable.
 */
public final class KeyBounds {
  private final List<Bound> bounds;

  private KeyBounds(List<Bound> bounds) {
    this.bounds = bounds;
  }

  /** Bounds of one column of the key. */
  @FunctionalInterface
  private interface Bound {
    boolean mayBe(Object[] key);
  }

  /**
   * @param columns key columns, in key order
   * @param numbersAsText which of them, from 0, hold numbers as text: their order is another one
   */
  public static KeyBounds of(LiveFile file, List<DeltaColumn> columns, Set<Integer> numbersAsText) {
    List<Bound> bounds = new ArrayList<>();
    AddStatistics stats = file.file().stats();
    for (int i = 0; stats != null && i < columns.size(); i++) {
      if (!numbersAsText.contains(i)) {
        bound(stats, columns.get(i), i).ifPresent(bounds::add);
      }
    }
    return new KeyBounds(bounds);
  }

  /**
   * Whether a row of the file may have that key, in the form that files take. No row is found by a
   * key with a NULL.
   */
  public boolean mayHold(Object[] key) {
    if (KeyMap.hasNull(key)) {
      return false;
    }
    for (Bound bound : bounds) {
      if (!bound.mayBe(key)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Bound> bound(AddStatistics stats, DeltaColumn column, int place) {
    List<String> least = List.of("minValues", column.physicalName());
    List<String> greatest = List.of("maxValues", column.physicalName());
    if (isInteger(column.type())) {
      OptionalLong from = stats.integer(least);
      OptionalLong to = stats.integer(greatest);
      return from.isEmpty() || to.isEmpty()
          ? Optional.empty()
          : Optional.of(
              key -> {
                long value = ((Number) key[place]).longValue();
                return value >= from.getAsLong() && value <= to.getAsLong();
              });
    }
    if (column.type() instanceof StringType) {
      Optional<byte[]> from = stats.text(least).map(KeyBounds::bytes);
      Optional<byte[]> to = stats.text(greatest).map(KeyBounds::bytes);
      return from.isEmpty() || to.isEmpty()
          ? Optional.empty()
          : Optional.of(
              key -> {
                byte[] value = bytes((String) key[place]);
                return Arrays.compareUnsigned(value, from.get()) >= 0
                    && Arrays.compareUnsigned(value, to.get()) <= 0;
              });
    }
    return Optional.empty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static boolean isInteger(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }
}
