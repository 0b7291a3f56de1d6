// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Versions of the past are found by keys of every kind. */
class DeltaHistoryKeysTest implements Warehouse {
  private static final TableOptions VERSIONS =
      TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT);
  private static final String LONG = "a prefix of more than 32 characters, ";

  @TempDir Path root;

  private final List<Target> opened = new ArrayList<>();
  private final Map<String, String> settings =
      new HashMap<>(Map.of(DeltaSettings.COMPACTION, "false"));

  @AfterEach
  void close() {
    opened.forEach(Target::close);
  }

  @Override
  public Target open(TableOptions options, TargetContext context) {
    Target target = DeltaFixture.open(new LocalFileIO(), root, options, context, settings);
    opened.add(target);
    return target;
  }

  @Override
  public List<Map<String, Object>> rows(TableId table) {
    return new KernelReader(new LocalFileIO())
        .rows(root.resolve(table.schema()).resolve(table.name()).toString());
  }

  @Override
  public List<DeadLetter> deadLetters(String table) {
    return List.of();
  }

  static Stream<Arguments> keys() {
    return Stream.of(
        Arguments.of(
            Primitive.TEXT,
            List.of(
                "",
                LONG + "1",
                LONG + "2",
                LONG + "ü",
                LONG.repeat(3) + new String(Character.toChars(0x10FFFF)),
                "\"quoted\\ \n",
                new String(Character.toChars(0x10FFFF)).repeat(40),
                "\uFFFD\uFFFD",
                "\uD83D\uDE00".repeat(40))),
        Arguments.of(Primitive.INT16, List.of(Short.MIN_VALUE, (short) 0, Short.MAX_VALUE)),
        Arguments.of(Primitive.INT64, List.of(Long.MIN_VALUE, 0L, Long.MAX_VALUE)),
        Arguments.of(Primitive.DATE, List.of(-1, 0, 20_000)),
        Arguments.of(Primitive.TIMESTAMPTZ, List.of(-1L, 0L, 1_700_000_000_000_001L)),
        Arguments.of(Primitive.NUMERIC, decimals("-1", "1.50", "1e3")),
        Arguments.of(new Decimal(20, 2), decimals("-1.00", "1.50", "1000.00")));
  }

  private static List<Object> decimals(String... numbers) {
    return List.of(Stream.of(numbers).map(BigDecimal::new).toArray());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void lateChangesFindTheirPlace(LogicalType type, List<?> keys) {
    settings.put("delta.table.properties.delta.columnMapping.mode", "name");
    RowSchema schema =
        Batches.schema(1, Batches.required("id", type), Batches.optional("name", Primitive.TEXT));
    PartitionOwner owner = owner(VERSIONS);
    for (long lsn : new long[] {10, 20, 30}) {
      for (Object key : keys) {
        owner.commit(batch(ITEMS, schema).upsert(lsn, key, "at " + lsn).build());
      }
    }
    Batches late = batch(ITEMS, schema);
    keys.forEach(key -> late.upsert(15, key, "at 15"));
    owner.commit(late.build());
    Batches deletes = batch(ITEMS, schema);
    keys.forEach(key -> deletes.delete(40, key));
    owner.commit(deletes.build());
    Batches later = batch(ITEMS, schema);
    keys.forEach(key -> later.upsert(25, key, "at 25"));
    owner.commit(later.build());
    List<List<Object>> expected = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      for (long lsn : new long[] {10, 15, 20, 25, 30}) {
        long next = lsn == 30 ? 40 : lsn + 5;
        expected.add(row("at " + lsn, lsn * 1_000, next * 1_000));
      }
    }
    assertThatRows(ITEMS, "name", "valid_from", "valid_to").areExactly(expected);
  }

  @Test
  void changeWithoutKeyIsRejectedWhereThePastMatters() {
    RowSchema schema =
        Batches.schema(
            1, Batches.required("id", Primitive.TEXT), Batches.optional("name", Primitive.TEXT));
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(batch(ITEMS, schema).upsert(20, "a", "b").build());
    owner.commit(batch(ITEMS, schema).delete(30, "a").build());
    assertThatThrownBy(() -> owner.commit(batch(ITEMS, schema).upsert(10, null, "late").build()))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining("id");
    assertThat(rows(ITEMS)).hasSize(1);
  }
}
