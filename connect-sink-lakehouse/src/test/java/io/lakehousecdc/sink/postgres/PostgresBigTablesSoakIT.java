// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep.Mode;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Truncate, sweep, report and widening of a table of as many rows as the system property {@code
 * lakehousecdc.soak.rows} says, under a statement timeout of ten seconds: {@code mvn verify -pl
 * connect-sink-lakehouse -am -Dit.test=PostgresBigTablesSoakIT -Dlakehousecdc.soak.rows=20000000}.
 * Tells how long they took, and how long commits to another table took meanwhile.
 */
@EnabledIfSystemProperty(named = "lakehousecdc.soak.rows", matches = "[0-9]+")
class PostgresBigTablesSoakIT extends PostgresFixture {
  private static final RowSchema NUMBERED = keyed(optional("n", Primitive.INT32));
  private static final TableId OTHER = new TableId("public", "other");

  private final long rows = Long.getLong("lakehousecdc.soak.rows", 0);
  private Target target;
  private PartitionOwner owner;
  private PartitionOwner other;
  private TestInfo test;

  @BeforeEach
  void fill(TestInfo info) {
    test = info;
    target = open(TableOptions.DEFAULT, Map.of("postgres.statement.timeout.ms", "10000"));
    owner = owner(target, 0);
    other = PartitionOwner.of(target, new SourcePartition("other", 0));
    owner.commit(batch(ITEMS, NUMBERED).upsert(1, 1, 1).build());
    database.execute(
        "insert into items select i, i, 'r', null, 50, 50, 0 from generate_series(2, "
            + rows
            + ") i");
  }

  @Test
  void truncateOfAllRows() {
    long began = System.nanoTime();
    assertEquals(rows, owner.commit(batch(ITEMS, NUMBERED).truncate(200).build()).deleted());
    System.out.println(test.getDisplayName() + ": " + seconds(began));
  }

  @Test
  void truncateThatARowOutlives() {
    owner.commit(batch(ITEMS, NUMBERED).upsert(300, 1, 1).build());
    long began = System.nanoTime();
    assertEquals(rows - 1, owner.commit(batch(ITEMS, NUMBERED).truncate(200).build()).deleted());
    System.out.println(test.getDisplayName() + ": " + seconds(began));
  }

  @Test
  void sweep() {
    besideCommits(Mode.REMOVE);
    assertEquals(1, database.number("select count(*) from items"));
  }

  @Test
  void report() {
    besideCommits(Mode.REPORT);
  }

  @Test
  void wideningWithinTheLimitAndAbove() {
    RowSchema wide = keyed(optional("n", Primitive.INT64));
    PartitionOwner limited =
        owner(open(TableOptions.DEFAULT, Map.of("schema.rewrite.max.bytes", "1000")), 0);
    assertThrows(
        FatalException.class, () -> limited.commit(batch(ITEMS, wide).upsert(300, 1, 1L).build()));
    Target patient =
        open(
            TableOptions.DEFAULT,
            Map.of(
                "postgres.statement.timeout.ms",
                "10000",
                "schema.rewrite.max.bytes",
                "1000000000000"));
    long began = System.nanoTime();
    owner(patient, 0).commit(batch(ITEMS, wide).upsert(300, 1, 1L).build());
    System.out.println(test.getDisplayName() + ": " + seconds(began));
  }

  private void besideCommits(Mode mode) {
    long began = System.nanoTime();
    owner
        .completed(100)
        .commit(
            batch(ITEMS, NUMBERED)
                .upsert(new Position(0, 100, 0), 1, 1)
                .sweep("topic", 100, mode)
                .build());
    long commits = 0;
    long longest = 0;
    while (database.number("select count(*) from _cdc_sweep_work") > 0) {
      long start = System.nanoTime();
      other.commit(batch(OTHER, NUMBERED).upsert(++commits, (int) commits, 1).build());
      longest = Math.max(longest, System.nanoTime() - start);
    }
    System.out.println(
        test.getDisplayName()
            + ": "
            + seconds(began)
            + ", other commits "
            + commits
            + ", the longest "
            + TimeUnit.NANOSECONDS.toMillis(longest)
            + " ms");
  }

  private static String seconds(long began) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) + " s";
  }
}
