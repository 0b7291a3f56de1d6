// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuessedTypesTest {
  private static final TableId TABLE = new TableId("shop", "items");
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("id", Primitive.INT64, false),
              new Column("price", Primitive.UNTYPED, true),
              new Column("at", Primitive.UNTYPED, true)),
          List.of(0));

  @Test
  void guessesAreListed() {
    assertThat(
            GuessedTypes.warning(
                TABLE, SCHEMA, Map.of("id", "bigint", "price", "text", "at", "bigint")))
        .hasValueSatisfying(
            text -> assertThat(text).contains("shop.items", "{at=bigint, price=text}", "Base64"));
  }

  @Test
  void columnsOfKnownTypeAreNone() {
    assertThat(GuessedTypes.warning(TABLE, SCHEMA, Map.of("id", "bigint", "_cdc_op", "text")))
        .isEmpty();
  }
}
