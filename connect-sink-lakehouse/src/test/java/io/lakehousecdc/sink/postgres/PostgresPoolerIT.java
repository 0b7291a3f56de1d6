// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.testkit.PgBouncer;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sink behind a connection pooler, and what others get from a pool that it has used. */
class PostgresPoolerIT extends PostgresFixture {
  private static final List<String> SETTINGS =
      List.of(
          "enable_seqscan",
          "enable_hashjoin",
          "jit",
          "work_mem",
          "timezone",
          "statement_timeout",
          "lock_timeout",
          "idle_in_transaction_session_timeout");

  /** With PgBouncer, which Debian's package of that name installs. */
  @Nested
  class Installed {
    @BeforeEach
    void isInstalled() {
      assumeTrue(PgBouncer.program().isPresent(), "PgBouncer is not installed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "statement"})
    void poolOfTransactionsIsRefusedWithTheRemedy(String mode) {
      try (PgBouncer pooler = PgBouncer.start(SharedPostgres.server(), mode)) {
        PostgresDatabase pooled = pooler.database(database.name());
        for (int others = 0; others < 2; others++) {
          List<SettingProblem> problems = new PostgresTargetFactory().validate(settings(pooled));
          assertEquals(1, problems.size(), problems::toString);
          assertEquals("postgres.url", problems.get(0).key());
          assertTrue(problems.get(0).message().contains("pool_mode=session"));
          FatalException refused = assertThrows(FatalException.class, () -> openOn(pooled));
          assertTrue(refused.getMessage().contains("PgBouncer"), refused::getMessage);
          assertEquals(settingsOf(database), settingsOf(pooled));
        }
      }
    }

    @Test
    void poolOfSessionsWorksAndItsNextClientGetsNothing() {
      try (PgBouncer pooler = PgBouncer.start(SharedPostgres.server(), "session")) {
        PostgresDatabase pooled = pooler.database(database.name());
        assertEquals(List.of(), new PostgresTargetFactory().validate(settings(pooled)));
        try (Target target = openOn(pooled)) {
          PartitionOwner owner = owner(target, 0);
          owner.commit(item(1, "a"));
          owner.commit(item(2, "b"));
        }
        assertEquals("b", database.value("select v from items"));
        assertEquals(settingsOf(database), settingsOf(pooled));
      }
    }
  }

  /** What a pool would hand to its next client is the session between two transactions. */
  @Test
  void settingsEndWithTheirTransaction() throws SQLException {
    try (Session session = Session.open(new PostgresSettings(settings(database)))) {
      List<String> before = settingsOf(session.connection());
      session.begin();
      List<String> during = settingsOf(session.connection());
      session.commit();
      assertEquals(before, settingsOf(session.connection()));
      session.rollback();
      session.begin();
      session.rollback();
      assertEquals(before, settingsOf(session.connection()));
      assertEquals(List.of("off", "off", "off", "64MB", "UTC", "4min", "1min", "1min"), during);
    }
  }

  private static TableBatch item(long lsn, String value) {
    return row(ITEMS, optional("v", Primitive.TEXT), lsn, 1, value).build();
  }

  private static List<String> settingsOf(PostgresDatabase of) {
    try (Connection connection = of.connect()) {
      return settingsOf(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> settingsOf(Connection connection) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      for (String setting : SETTINGS) {
        try (ResultSet row = statement.executeQuery("show " + setting)) {
          row.next();
          values.add(row.getString(1));
        }
      }
    }
    return values;
  }

  private static TargetSettings settings(PostgresDatabase of) {
    return SharedPostgres.settings(
        Map.of(
            "postgres.url", of.jdbcUrl(),
            "postgres.user", of.user(),
            "postgres.password", of.password()),
        TableOptions.DEFAULT);
  }

  private static Target openOn(PostgresDatabase of) {
    return new PostgresTargetFactory().open(settings(of), new TargetContext("sink", 0));
  }
}
