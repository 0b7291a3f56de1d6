// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ColumnHistoryTest {
  private static final String TABLE = "shop.public.item:public.item";

  private final ColumnHistory begun = ColumnHistory.EMPTY.after(List.of(seen(10, 19, "id", "a")));

  @Test
  void aColumnThatANewerChangeLacksIsDropped() {
    ColumnHistory now = begun.after(List.of(seen(20, 20, "id")));
    assertEquals(Set.of("a"), now.droppedSince(begun));
    assertEquals(Set.of(), now.droppedSince(now));
  }

  @Test
  void aColumnThatALateChangeLacksIsNot() {
    assertTrue(begun.after(List.of(seen(15, 18, "id"))).sameColumns(begun));
  }

  @Test
  void changesOfSeveralPartitionsCountInTheOrderOfTheirPositions() {
    ColumnHistory now =
        ColumnHistory.EMPTY.after(List.of(seen(30, 30, "id"), seen(10, 20, "id", "a")));
    assertEquals(Set.of("a"), now.dropped());
  }

  @Test
  void aColumnThatComesBackIsVoidUpToTheNewestChangeWithoutIt() {
    ColumnHistory dropped = begun.after(List.of(seen(20, 25, "id")));
    ColumnHistory now = dropped.after(List.of(seen(30, 30, "id", "a")));
    assertEquals(Set.of("a"), now.returnedSince(dropped));
    assertEquals(Map.of("a", at(25)), now.voidUpTo());
    assertEquals(Set.of(), now.dropped());
    assertEquals(Set.of(), now.returnedSince(now));
  }

  @Test
  void aColumnThatGoesAndComesBackAtOnceHasReturned() {
    ColumnHistory now =
        begun.after(List.of(seen(20, 20, "id"), seen(30, 30, "id", "a"), seen(31, 31, "id", "a")));
    assertEquals(Set.of("a"), now.returnedSince(begun));
    assertEquals(Set.of("a"), now.returnedSince(ColumnHistory.EMPTY));
  }

  @Test
  void aColumnThatGoesTwiceIsDroppedTwice() {
    ColumnHistory back = begun.after(List.of(seen(20, 20, "id"), seen(30, 30, "id", "a")));
    ColumnHistory gone = back.after(List.of(seen(40, 40, "id")));
    assertEquals(Set.of("a"), gone.droppedSince(back));
    ColumnHistory again = gone.after(List.of(seen(50, 50, "id", "a")));
    assertEquals(Set.of("a"), again.returnedSince(back));
  }

  @Test
  void aSnapshotTellsOfNoDropAndOfNoColumnThatTheStreamLacks() {
    ColumnHistory now = begun.after(List.of(read(20, "id", "generated")));
    assertTrue(now.sameColumns(begun));
    assertFalse(now.after(List.of(seen(21, 21, "id", "a"))).isShared());
  }

  @Test
  void aSnapshotTellsOfAColumnThatHasComeBack() {
    ColumnHistory dropped = begun.after(List.of(seen(20, 20, "id")));
    ColumnHistory now = dropped.after(List.of(read(30, "id", "a")));
    assertEquals(Set.of("a"), now.returnedSince(dropped));
    assertTrue(now.after(List.of(seen(31, 31, "id", "a"))).sameColumns(now));
  }

  @Test
  void nothingIsFollowedWhereSeveralTablesFeedOne() {
    ColumnHistory shared =
        begun.after(
            List.of(new ObservedSchema(schema("other:public.item", "id"), at(20), at(20), false)));
    assertTrue(shared.isShared());
    assertEquals(Set.of(), shared.dropped());
    assertTrue(shared.after(List.of(seen(30, 30, "id"))).isShared());
    assertTrue(ColumnHistory.parse(shared.text()).isShared());
  }

  @Test
  void aNewerChangeWithTheSameColumnsIsNoNews() {
    ColumnHistory now = begun.after(List.of(seen(30, 40, "a", "id")));
    assertTrue(now.sameColumns(begun));
    assertTrue(now.after(List.of(seen(35, 35, "id"))).sameColumns(begun), "newest is 40 by now");
  }

  @Test
  void itsTextReadsBackAsTheSame() {
    ColumnHistory history =
        ColumnHistory.EMPTY.after(
            List.of(
                seen(10, 10, "id", "a b", "line\nbreak", "ü/%*", "gone"),
                seen(20, 20, "id", "line\nbreak", "ü/%*", "*"),
                seen(30, 30, "id", "a b", "line\nbreak", "ü/%*", "*")));
    assertEquals(history, ColumnHistory.parse(history.text()));
  }

  @Test
  void otherTextIsRefused() {
    for (String text : List.of("", "x", "{}", "0/1/2 t\nlive", "0/1 t", "0/1/2 t\ngone a 1")) {
      assertThrows(IllegalArgumentException.class, () -> ColumnHistory.parse(text), text);
    }
  }

  private static ObservedSchema seen(long first, long last, String... columns) {
    return new ObservedSchema(schema(TABLE, columns), at(first), at(last), false);
  }

  private static ObservedSchema read(long at, String... columns) {
    return new ObservedSchema(schema(TABLE, columns), at(at), at(at), true);
  }

  private static RowSchema schema(String table, String... columns) {
    return new RowSchema(
        Stream.of(columns).map(name -> new Column(name, Primitive.TEXT, true)).toList(),
        List.of(),
        table);
  }

  private static Position at(long lsn) {
    return new Position(0, lsn, lsn);
  }
}
