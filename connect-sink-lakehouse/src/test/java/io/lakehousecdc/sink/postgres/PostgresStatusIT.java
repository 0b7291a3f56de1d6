// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Applied;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.sink.spi.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table _cdc_status: whatever happens to it, commits are the same, and as fast. */
@Timeout(60)
class PostgresStatusIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));
  private static final Key KEY = new Key("topic", new TableId("", "items"));
  private static final TableStatus ONE =
      new TableStatus(
          KEY,
          new Counts(1, 0, 0, 0, 0, 0),
          Map.of(),
          new Applied(new Position(0, 1, 1), 1_000, 2_000),
          2_000,
          null,
          null,
          0,
          null);

  private long lsn = 10;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM _cdc_status FOR UPDATE",
        "LOCK TABLE _cdc_status IN ACCESS EXCLUSIVE MODE",
        "ALTER TABLE _cdc_status ADD COLUMN note text"
      })
  void commitDoesNotWaitForWhoeverHoldsTheTableOrItsRows(String holding) throws SQLException {
    Target target = target();
    PartitionOwner owner = owner(target, 0);
    assertThat(commit(owner).isStatusWritten()).isTrue();
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      other.createStatement().execute(holding);
      assertThat(commit(owner).isStatusWritten()).isFalse();
      other.rollback();
    }
    target.report(List.of(ONE));
    assertThat(commit(owner).isStatusWritten()).as("when it is free again").isTrue();
    assertThat(rows()).isEqualTo(3);
    assertThat(inserted()).isEqualTo(3);
  }

  @Test
  void commitGoesOnWhereSomebodyHasChangedItsColumns() {
    Target target = target();
    PartitionOwner owner = owner(target, 0);
    commit(owner);
    database.execute(
        "ALTER TABLE _cdc_status ALTER last_error TYPE boolean USING true,"
            + " ALTER inserted TYPE text USING 'many'");
    assertThat(commit(owner).isStatusWritten()).isFalse();
    assertThat(commit(owner).isStatusWritten()).isFalse();
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void commitGoesOnWhereTheTableIsGoneAndItIsMadeAnew() {
    Target target = target();
    PartitionOwner owner = owner(target, 0);
    commit(owner);
    database.execute("DROP TABLE _cdc_status");
    assertThat(commit(owner).isStatusWritten()).isFalse();
    target.report(List.of(ONE));
    assertThat(commit(owner).isStatusWritten()).isTrue();
    assertThat(rows()).isEqualTo(3);
    assertThat(inserted()).isEqualTo(2);
  }

  @Test
  void commitGoesOnWhereItsUserMayNotMakeTheTable() {
    Target first = open();
    PartitionOwner owner = owner(first, 0);
    commit(owner);
    database.execute(
        "CREATE ROLE limited_status LOGIN PASSWORD 'limited'",
        "REVOKE CREATE ON SCHEMA public FROM public",
        "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public"
            + " TO limited_status");
    Target limited =
        open(
            SharedPostgres.settings(
                Map.of(
                    "postgres.url",
                    database.jdbcUrl(),
                    "postgres.user",
                    "limited_status",
                    "postgres.password",
                    "limited"),
                TableOptions.DEFAULT));
    assertThatExceptionOfType(TargetException.class).isThrownBy(() -> limited.report(List.of(ONE)));
    assertThat(commit(owner(limited, 0)).isStatusWritten()).isFalse();
    assertThat(rows()).isEqualTo(2);
    database.execute("DROP OWNED BY limited_status", "DROP ROLE limited_status");
  }

  @Test
  void reportGivesUpSoonWhereTheTableIsHeld() throws SQLException {
    Target target = target();
    target.report(List.of(ONE));
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      other.createStatement().execute("LOCK TABLE _cdc_status IN ACCESS EXCLUSIVE MODE");
      assertThatExceptionOfType(TargetException.class)
          .isThrownBy(() -> target.report(List.of(ONE)));
    }
    target.report(List.of(ONE));
    assertThat(inserted()).isEqualTo(2);
  }

  @Test
  void columnsThatAnOlderVersionDidNotKnowAreAdded() {
    target().report(List.of(ONE));
    database.execute(
        "ALTER TABLE _cdc_status DROP COLUMN skipped_no_row, DROP COLUMN reconciled_at",
        "ALTER TABLE _cdc_status ADD COLUMN ours text DEFAULT 'kept'");
    Target newer = target();
    newer.report(List.of(ONE));
    assertThat(inserted()).isEqualTo(2);
    assertThat(database.rows("SELECT skipped_no_row, reconciled_at, ours FROM _cdc_status").get(0))
        .containsExactly(0L, null, "kept");
  }

  /** The lock timeout of the commit holds again for the constraints that it checks at its end. */
  @Test
  void lockTimeoutOfTheCommitIsAsItWas() {
    Target target = target();
    PartitionOwner owner = owner(target, 0);
    commit(owner);
    database.execute(
        "CREATE TABLE seen (timeout text)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO seen VALUES (current_setting('lock_timeout'));"
            + " RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER note AFTER INSERT OR UPDATE ON items"
            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note()");
    assertThat(commit(owner).isStatusWritten()).isTrue();
    assertThat(database.rows("SELECT DISTINCT timeout FROM seen"))
        .isEqualTo(List.of(List.of("1min")));
  }

  private Target target() {
    Target target = open();
    target.report(List.of());
    return target;
  }

  private CommitReceipt commit(PartitionOwner owner) {
    lsn++;
    return owner.commit(
        owner.prepare(batch(ITEMS, NAMED).upsert(lsn, (int) lsn, "a").build()).with(List.of(ONE)));
  }

  private long rows() {
    return database.number("SELECT count(*) FROM items");
  }

  private long inserted() {
    return database.number("SELECT inserted FROM _cdc_status WHERE connector = 'sink'");
  }
}
