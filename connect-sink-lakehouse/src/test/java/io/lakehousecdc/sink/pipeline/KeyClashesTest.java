// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyClashesTest {
  private static final SourceId SHOP = History.SOURCE;
  private static final SourceId OTHER = new SourceId("other", "shop", "postgresql");
  private static final RowSchema A = schema("shop.a.item:a.item");
  private static final RowSchema B = schema("shop.b.item:b.item");

  private final HistoryBook book = new HistoryBook(EpochPolicy.AUTOMATIC);
  private final List<String> warnings = new ArrayList<>();

  private static RowSchema schema(String sourceTable) {
    return new RowSchema(History.SCHEMA.columns(), History.SCHEMA.keyColumns(), sourceTable);
  }

  private Histories fed(SourceId source, String... tables) {
    for (String table : tables) {
      book.feeds(source, History.TABLE.toString(), table);
    }
    return book.known();
  }

  private static RowEvent row(RowSchema schema, Operation operation, int id) {
    return new RowEvent(
        History.TABLE,
        schema,
        operation,
        RowKey.of(id),
        new Object[] {id, "n", "b"},
        null,
        SourcePosition.UNKNOWN);
  }

  @Test
  void oneKeyOfTwoTablesIsToldOnce() {
    KeyClashes clashes = new KeyClashes(SourceRelation.AUTO, warnings::add);
    Histories known = fed(SHOP, "a.item", "b.item");
    for (int id = 0; id < 3; id++) {
      clashes.note(row(A, Operation.READ, id), SHOP, known);
    }
    clashes.note(row(B, Operation.READ, 7), SHOP, known);
    assertThat(warnings).isEmpty();
    clashes.note(row(B, Operation.READ, 1), SHOP, known);
    clashes.note(row(B, Operation.READ, 2), SHOP, known);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("public.item", "a.item", "b.item", "key.columns");
  }

  @Test
  void oneKeyOfTwoSourcesIsToldUnlessOneReplacesTheOther() {
    fed(OTHER, "a.item");
    Histories known = fed(SHOP, "a.item");
    for (SourceRelation relation : SourceRelation.values()) {
      KeyClashes clashes = new KeyClashes(relation, warnings::add);
      clashes.note(row(A, Operation.READ, 1), SHOP, known);
      clashes.note(row(A, Operation.UPDATE, 1), OTHER, known);
      assertThat(warnings).hasSize(relation == SourceRelation.SUCCESSORS ? 0 : 1);
      warnings.clear();
    }
  }

  @Test
  void rowThatLeavesATableMayAppearInTheOther() {
    KeyClashes clashes = new KeyClashes(SourceRelation.AUTO, warnings::add);
    Histories known = fed(SHOP, "a.item", "b.item");
    clashes.note(row(A, Operation.CREATE, 1), SHOP, known);
    clashes.note(row(A, Operation.DELETE, 1), SHOP, known);
    clashes.note(row(B, Operation.CREATE, 1), SHOP, known);
    assertThat(warnings).isEmpty();
  }

  @Test
  void tableThatAnotherJoinsLaterIsWatchedFromThenOn() {
    KeyClashes clashes = new KeyClashes(SourceRelation.AUTO, warnings::add);
    clashes.note(row(A, Operation.CREATE, 1), SHOP, fed(SHOP, "a.item"));
    Histories known = fed(SHOP, "b.item");
    clashes.note(row(A, Operation.UPDATE, 1), SHOP, known);
    clashes.note(row(B, Operation.CREATE, 1), SHOP, known);
    assertThat(warnings).hasSize(1);
  }
}
