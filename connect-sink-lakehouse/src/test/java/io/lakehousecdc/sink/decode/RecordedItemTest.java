// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.lakehousecdc.sink.decode.Decoding.after;
import static io.lakehousecdc.sink.decode.Decoding.type;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.testkit.RecordedEvents;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every line of the recording of the wide table, decoded in order. */
class RecordedItemTest {
  static final SourceId SOURCE = new SourceId("smp", "smp", "postgresql");

  private static final TableId ITEM = new TableId("public", "item");

  private final List<String> warnings = new ArrayList<>();
  private final List<Decoded> decoded = new ArrayList<>();

  @BeforeEach
  void decodeAll() {
    RecordDecoder decoder = new RecordDecoder(DecodeOptions.defaults(), warnings::add);
    RecordedEvents.read(RecordedEvents.ITEM).forEach(record -> decoded.add(decoder.decode(record)));
    assertEquals(29, decoded.size());
  }

  @Test
  void initialSnapshotRowHoldsEveryTypeExactly() {
    RowEvent row = row(0, Operation.READ, 1);
    assertEquals(
        new SourcePosition(
            SOURCE, SourcePosition.NONE, 283955824, Snapshot.INITIAL, 1795232093117858L),
        row.sourcePosition());
    assertEquals("one", after(row, "name"));
    assertEquals(new BigDecimal("12.34"), after(row, "price"));
    assertEquals(new LogicalType.Decimal(10, 2), type(row, "price"));
    assertEquals(new BigDecimal("1.5"), after(row, "free"));
    assertEquals(Primitive.NUMERIC, type(row, "free"));
    assertEquals(Primitive.JSON, type(row, "js"));
    assertTrue(((String) after(row, "js")).startsWith("{\"a\": \"yyyy"));
    assertEquals((byte) 0xab, ((byte[]) after(row, "bin"))[0]);
    List<?> tags = (List<?>) after(row, "tags");
    assertEquals(2, tags.size());
    assertNull(tags.get(1));
    assertEquals(
        IntStream.rangeClosed(1, ((List<?>) after(row, "ints")).size()).boxed().toList(),
        after(row, "ints"));
    assertEquals(new LogicalType.Array(Primitive.UUID), type(row, "us"));
    assertEquals("b68a35a7-17ad-35b3-af2a-ae46edb4545b", after(row, "u"));
    assertEquals(1795232092235829L, after(row, "ts"));
    assertEquals(Primitive.TIMESTAMP, type(row, "ts"));
    assertEquals(1795232092235829L, after(row, "tz"));
    assertEquals(Primitive.TIMESTAMPTZ, type(row, "tz"));
    assertEquals(19782, after(row, "d"));
    assertEquals(45_296_789_000L, after(row, "t"));
    assertEquals("PT2813645S", after(row, "iv"));
    assertEquals(true, after(row, "ok"));
    assertEquals(1.5f, after(row, "f4"));
    assertEquals("10100001", after(row, "b8"));
    assertEquals(new LogicalType.Bits(8), type(row, "b8"));
    assertEquals("10.0.0.1/8", after(row, "e"));
    assertEquals("[1,5)", after(row, "r"));
    assertEquals(2, after(row, "gen"));
    assertEquals("0000000000000001", after(row, "vb"));
    assertEquals("ab   ", after(row, "ch"));
    assertEquals(new BigDecimal("12.50"), after(row, "mon"));
    assertEquals(Primitive.NUMERIC, type(row, "mon"));
    assertEquals("08:00:00Z", after(row, "tt"));
  }

  @Test
  void eventsTellTheirTransaction() {
    assertEquals(42479, row(0, Operation.READ, 1).transactionId());
    assertEquals(42480, row(2, Operation.UPDATE, 1).transactionId());
  }

  @Test
  void lastRowOfInitialSnapshotIsMarked() {
    RowEvent row = row(1, Operation.READ, 2);
    assertEquals(Snapshot.INITIAL_LAST, row.sourcePosition().snapshot());
    assertNull(after(row, "price"));
    assertSame(row.schema(), row(0, Operation.READ, 1).schema());
  }

  /** Cases 1 and 3. */
  @Test
  void everyPlaceholderIsUnchanged() {
    RowEvent row = row(2, Operation.UPDATE, 1);
    assertEquals(
        new SourcePosition(SOURCE, SourcePosition.NONE, 283956096, Snapshot.NO, 1795232100847409L),
        row.sourcePosition());
    for (String column : List.of("big", "js", "bin", "tags", "ints", "us")) {
      assertSame(Cell.UNCHANGED, after(row, column), column);
    }
    assertEquals("b68a35a7-17ad-35b3-af2a-ae46edb4545b", after(row, "u"));
    assertEquals(new BigDecimal("13.34"), after(row, "price"));
  }

  /** Case 26. */
  @Test
  void generatedColumnIsNotInStreamedSchema() {
    assertEquals(-1, row(2, Operation.UPDATE, 1).schema().indexOf("gen"));
  }

  @Test
  void transactionKeepsCommitPositionOfTheOneBefore() {
    assertEquals(
        new SourcePosition(SOURCE, 283956496, 283956496, Snapshot.NO, 1795232100848984L),
        row(3, Operation.CREATE, 3).sourcePosition());
    assertEquals(
        new SourcePosition(SOURCE, 283956496, 283956656, Snapshot.NO, 1795232100848984L),
        row(4, Operation.UPDATE, 3).sourcePosition());
    assertEquals("three!", after(row(4, Operation.UPDATE, 3), "name"));
    assertEquals(283956768, row(5, Operation.DELETE, 2).sourcePosition().lsn());
  }

  /** Case 16: {@code name} was made up from its default. */
  @Test
  void madeUpOldValuesOfDeletesAreNotUsed() {
    for (int line : new int[] {5, 7, 11}) {
      RowEvent delete = assertInstanceOf(RowEvent.class, event(line));
      assertNull(delete.before());
      assertNull(delete.after());
    }
  }

  @Test
  void tombstonesCarryTheKey() {
    assertEquals(RowKey.of(2), tombstone(6).key());
    assertEquals(RowKey.of(1), tombstone(8).key());
    assertEquals(RowKey.of(3), tombstone(12).key());
    assertSame(row(5, Operation.DELETE, 2).schema(), tombstone(6).schema());
  }

  /** Cases 6 and 40. */
  @Test
  void keyChangeIsDeleteAndCreateAtOnePosition() {
    RowEvent delete = row(7, Operation.DELETE, 1);
    RowEvent create = row(9, Operation.CREATE, 10);
    assertEquals(delete.sourcePosition(), create.sourcePosition());
    assertSame(Cell.UNCHANGED, after(create, "big"));
  }

  /** Case 5. */
  @Test
  void explicitNullOfOutOfLineColumnIsNull() {
    RowEvent row = row(10, Operation.UPDATE, 10);
    assertNull(after(row, "big"));
    assertSame(Cell.UNCHANGED, after(row, "js"));
  }

  /** Case 29. */
  @Test
  void infinitiesAreKept() {
    RowEvent row = row(13, Operation.CREATE, 4);
    assertEquals(Long.MAX_VALUE, after(row, "ts"));
    assertEquals(Long.MIN_VALUE, after(row, "tz"));
    assertEquals(Integer.MAX_VALUE, after(row, "d"));
    assertEquals("PT-31557600S", after(row, "iv"));
    assertNull(after(row, "price"));
  }

  /** Case 29. */
  @Test
  void extremesAreExact() {
    RowEvent row = row(14, Operation.CREATE, 5);
    assertEquals(new BigDecimal("12345678901234567890123456789.123456789"), after(row, "free"));
    assertEquals(-63517824000000000L, after(row, "ts"));
    assertEquals(-63517824000000000L, after(row, "tz"));
    assertEquals(-735160, after(row, "d"));
    assertEquals(86_400_000_000L, after(row, "t"));
  }

  /** Case 24. */
  @Test
  void addedColumnAppears() {
    RowEvent row = row(15, Operation.UPDATE, 4);
    assertEquals(7, after(row, "added"));
    assertEquals("after ddl", after(row, "name"));
  }

  @Test
  void truncateHasTableAndPosition() {
    assertEquals(
        new TruncateEvent(
            ITEM,
            "public.item",
            new SourcePosition(SOURCE, 283962392, 283965296, Snapshot.NO, 1795232106884203L),
            42491),
        event(16));
  }

  /** Case 25. */
  @Test
  void droppedColumnIsNotInTheSchema() {
    for (int line = 17; line <= 21; line++) {
      RowEvent row = row(line, Operation.CREATE, 83 + line);
      assertEquals(-1, row.schema().indexOf("added"));
      assertEquals("s", after(row, "name"));
    }
    assertEquals("x", after(row(22, Operation.UPDATE, 100), "name"));
  }

  /** Case 18. */
  @Test
  void blockingSnapshotStandsInTheStream() {
    for (int line = 23; line <= 27; line++) {
      RowEvent row = assertInstanceOf(RowEvent.class, event(line));
      assertEquals(Operation.READ, row.operation());
      assertEquals(
          new SourcePosition(SOURCE, 284207736, 284207736, Snapshot.BLOCKING, 1795232184794115L),
          row.sourcePosition());
      assertNotNull(after(row, "gen"));
    }
    RowEvent next = row(28, Operation.UPDATE, 101);
    assertEquals(284207736, next.sourcePosition().commitLsn());
    assertEquals("y", after(next, "name"));
  }

  @Test
  void intervalsInMicrosecondsAreWarnedOfOnce() {
    assertEquals(1, warnings.stream().filter(text -> text.contains("column iv:")).count());
  }

  @Test
  void explicitNullsAreKnownToBeKept() {
    assertTrue(warnings.stream().noneMatch(text -> text.contains("replace.null.with.default")));
  }

  @Test
  void estimatesGrowWithValues() {
    int wide = ((Decoded.Change) decoded.get(0)).bytes();
    int narrow = ((Decoded.Change) decoded.get(1)).bytes();
    assertTrue(wide > narrow + 20_000, wide + " against " + narrow);
  }

  private RowEvent row(int line, Operation operation, int id) {
    RowEvent row = assertInstanceOf(RowEvent.class, event(line));
    assertEquals(ITEM, row.table());
    assertEquals(operation, row.operation());
    assertEquals(RowKey.of(id), row.key());
    assertEquals(List.of(row.schema().indexOf("id")), row.schema().keyColumns());
    if (row.after() != null) {
      assertEquals(id, after(row, "id"));
      assertEquals(row.schema().size(), row.after().length);
    }
    return row;
  }

  private TombstoneEvent tombstone(int line) {
    TombstoneEvent tombstone = assertInstanceOf(TombstoneEvent.class, event(line));
    assertEquals(ITEM, tombstone.table());
    assertEquals(SourcePosition.UNKNOWN, tombstone.sourcePosition());
    return tombstone;
  }

  private ChangeEvent event(int line) {
    return assertInstanceOf(Decoded.Change.class, decoded.get(line)).event();
  }
}
