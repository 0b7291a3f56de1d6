// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Start-up: what is wrong is said apart, soon, and without the password. */
class PostgresTargetFactoryIT extends PostgresFixture {
  private static final String WRONG = "a-wrong-password";

  @Test
  void goodSettingsHaveNoProblem() {
    assertEquals(List.of(), problems(Map.of()));
  }

  @Test
  void missingUrlIsLeftToOthers() {
    assertEquals(
        List.of(),
        new PostgresTargetFactory()
            .validate(SharedPostgres.settings(Map.of(), TableOptions.DEFAULT)));
  }

  @Test
  void wrongPasswordIsToldAndNotShown() {
    Map<String, String> wrong = Map.of("postgres.password", WRONG);
    SettingProblem problem = only(problems(wrong));
    assertEquals("postgres.password", problem.key());
    assertFalse(problem.message().contains(WRONG), problem::message);
    FatalException failure = assertThrows(FatalException.class, () -> open(wrong));
    assertTrue(failure.getMessage().contains("postgres.password"), failure::getMessage);
    assertNoSecret(failure);
  }

  @Test
  void missingDatabaseIsTold() {
    Map<String, String> wrong =
        Map.of("postgres.url", database.jdbcUrl().replace(database.name(), "nowhere"));
    assertTrue(only(problems(wrong)).message().contains("does not exist"));
    assertThrows(FatalException.class, () -> open(wrong));
  }

  @Test
  void unknownHostIsTold() {
    Map<String, String> wrong =
        Map.of("postgres.url", "jdbc:postgresql://no-such-host.invalid:5432/x");
    SettingProblem problem = only(problems(wrong));
    assertEquals("postgres.url", problem.key());
    assertTrue(problem.message().contains("no-such-host.invalid"), problem::message);
    assertThrows(RetriableException.class, () -> open(wrong));
  }

  @Test
  void deafServerIsToldWithinSeconds() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0)) {
      Map<String, String> wrong =
          Map.of("postgres.url", "jdbc:postgresql://127.0.0.1:" + deaf.getLocalPort() + "/x");
      List<SettingProblem> problems = assertTimeout(Duration.ofSeconds(10), () -> problems(wrong));
      assertTrue(only(problems).message().contains("cannot be reached"));
    }
  }

  @Test
  void closedPortIsToldAndRetriable() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    Map<String, String> wrong =
        Map.of("postgres.url", "jdbc:postgresql://127.0.0.1:" + port + "/x");
    assertTrue(only(problems(wrong)).message().contains("cannot be reached"));
    assertThrows(RetriableException.class, () -> open(wrong));
  }

  @Test
  void urlOfAnotherDatabaseIsRefused() {
    Map<String, String> wrong = Map.of("postgres.url", "jdbc:mysql://host/db");
    assertTrue(only(problems(wrong)).message().contains("jdbc:postgresql"));
    assertThrows(FatalException.class, () -> open(wrong));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//127.0.0.1:99999/db?user=u&password=%s",
        "//127.0.0.1:1,127.0.0.1:x/db?password=%s",
        "//127.0.0.1:1/db?password=%s%%",
        "//127.0.0.1:1/db?user=u&password=%s",
        "//u:%s@127.0.0.1:1/db",
        "//u:%s@127.0.0.1/db",
        "//no-such-host.invalid/db?password=%s",
        ":db:%s"
      })
  void passwordInTheUrlIsInNoMessage(String url) {
    String written = "jdbc:postgresql:" + url.formatted(WRONG);
    Map<String, String> wrong = Map.of("postgres.url", written);
    SettingProblem problem = only(problems(wrong));
    assertFalse(problem.message().contains(WRONG), problem::message);
    assertNoSecret(assertThrows(TargetException.class, () -> open(wrong)));
  }

  @Test
  void missingPrivilegesComeWithTheGrant() {
    database.execute(
        "create role poor login password 'poor'",
        "revoke all on database " + database.name() + " from public",
        "grant connect on database " + database.name() + " to poor");
    Map<String, String> poor = Map.of("postgres.user", "poor", "postgres.password", "poor");
    List<SettingProblem> problems = problems(poor);
    assertEquals(2, problems.size(), problems::toString);
    for (SettingProblem problem : problems) {
      assertEquals("postgres.user", problem.key());
      database.execute(
          problem.message().substring(problem.message().indexOf("Run: ") + "Run: ".length()));
    }
    assertEquals(List.of(), problems(poor));
    Target target = open(poor);
    PartitionOwner owner = owner(target, 0);
    owner.commit(row(ITEMS, optional("v", Primitive.TEXT), 1, 1, "a").build());
    database.execute("alter table items owner to postgres");
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> owner.commit(row(ITEMS, optional("v", Primitive.TEXT), 2, 1, "b").build()));
    assertTrue(failure.getMessage().contains("Grant"), failure::getMessage);
    target.close();
    database.execute("drop owned by poor", "drop role poor");
  }

  @Test
  void readOnlyServerIsWaitedForUntilItTakesWrites() {
    PartitionOwner owner = owner();
    owner.commit(row(ITEMS, optional("v", Primitive.TEXT), 1, 1, "a").build());
    Commit second = owner.prepare(row(ITEMS, optional("v", Primitive.TEXT), 2, 1, "b").build());
    String readOnly = "alter database " + database.name() + " set default_transaction_read_only";
    database.execute(readOnly + " = on");
    database.terminateSessions();
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThrows(RetriableException.class, () -> owner.commit(second));
    }
    assertTrue(only(problems(Map.of())).message().contains("read-only"));
    database.execute("set default_transaction_read_only = off", readOnly + " = off");
    owner.commit(second);
    assertEquals("b", database.value("select v from items"));
  }

  @Test
  void tablesWithoutSchemaGoToTheDefaultSchema() {
    Target target = open(Map.of("postgres.schema", "Dwh", "postgres.offsets.schema", "ops"));
    owner(target, 0)
        .commit(row(new TableId("", "Items"), optional("v", Primitive.TEXT), 1, 1, "a").build());
    target.close();
    assertEquals(1, database.number("select count(*) from \"Dwh\".\"Items\""));
    assertEquals(1, database.number("select count(*) from ops._cdc_offsets"));
  }

  @Test
  void nameThatPostgresWouldCutIsRefused() {
    PartitionOwner owner = owner();
    String name = "x".repeat(64);
    FatalException failure =
        assertThrows(
            FatalException.class,
            () ->
                owner.commit(
                    batch(ITEMS, keyed(optional(name, Primitive.TEXT))).upsert(1, 1, "a").build()));
    assertTrue(failure.getMessage().contains("63 bytes"), failure::getMessage);
  }

  private List<SettingProblem> problems(Map<String, String> changed) {
    return new PostgresTargetFactory()
        .validate(SharedPostgres.settings(given(changed), TableOptions.DEFAULT));
  }

  private Target open(Map<String, String> changed) {
    return new PostgresTargetFactory()
        .open(
            SharedPostgres.settings(given(changed), TableOptions.DEFAULT),
            new TargetContext("sink", 0));
  }

  private Map<String, String> given(Map<String, String> changed) {
    Map<String, String> values = new HashMap<>();
    values.put("postgres.url", database.jdbcUrl());
    values.put("postgres.user", database.user());
    values.put("postgres.password", database.password());
    values.putAll(changed);
    return values;
  }

  private static SettingProblem only(List<SettingProblem> problems) {
    assertEquals(1, problems.size(), problems::toString);
    return problems.get(0);
  }

  private static void assertNoSecret(TargetException failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      assertFalse(String.valueOf(each.getMessage()).contains(WRONG), each::toString);
    }
  }
}
