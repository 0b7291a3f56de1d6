// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.Target;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What a session keeps between commits. */
class PostgresSessionIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));

  @Test
  void stagingTablesOfManyTablesAreDroppedAndMadeAgain() {
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    LongSupplier staging = target.gauges().get("postgres-staging-tables");
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 110; i++) {
        owner.commit(
            batch(new TableId("public", "t" + i), NAMED).upsert(round, 1, "r" + round).build());
        assertTrue(staging.getAsLong() <= 101, () -> staging.getAsLong() + " staging tables");
      }
    }
    for (int i : new int[] {0, 50, 109}) {
      assertEquals("r1", database.value("select name from t" + i));
    }
  }

  @Test
  void aSteadyStreamCreatesNothing() {
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    long classes = database.number("select max(oid::int8) from pg_class");
    for (int i = 2; i < 20; i++) {
      owner.commit(batch(ITEMS, NAMED).upsert(i, i % 3, "a" + i).delete(i, 77).build());
    }
    assertEquals(classes, database.number("select max(oid::int8) from pg_class"));
    assertEquals(1, target.gauges().get("postgres-ddl-statements").getAsLong());
    assertEquals(1, target.gauges().get("postgres-staging-tables").getAsLong());
  }
}
