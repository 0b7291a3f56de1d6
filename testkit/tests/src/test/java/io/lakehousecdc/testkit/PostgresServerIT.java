// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class PostgresServerIT {
  @ParameterizedTest
  @FieldSource("io.lakehousecdc.testkit.PostgresServer#VERSIONS")
  void everyVersionStartsWithLogicalDecoding(String version) {
    try (PostgresServer server = PostgresServer.version(version).start()) {
      assertEquals("logical", server.database().value("show wal_level"));
      assertTrue(server.database().value("show server_version").toString().startsWith(version));
      PostgresDatabase shop = server.createDatabase("shop");
      shop.execute("create extension hstore", "create extension citext");
      assertEquals(
          List.of(List.of("a")),
          shop.rows("select 'A'::citext = 'a', 'a'").stream()
              .map(row -> List.of(row.get(1)))
              .toList());
    }
  }

  @Test
  void killedServerComesBackOnItsPortWithItsData() {
    try (PostgresServer server = PostgresServer.builder().durable().start()) {
      server.execute("create table t (id int)", "insert into t values (1)");
      List<ProcessHandle> processes = server.processes();
      server.kill9();
      assertTrue(processes.stream().noneMatch(ProcessHandle::isAlive));
      assertThrows(SQLException.class, server::connect);
      server.restart();
      assertEquals(1, server.database().number("select count(*) from t"));
    }
  }

  @Test
  void cutSessionsFail() throws SQLException {
    try (PostgresServer server = PostgresServer.start();
        Connection connection = server.createDatabase("shop").connect()) {
      assertTrue(connection.isValid(5));
      server.terminateSessions("shop");
      assertFalse(connection.isValid(5));
    }
  }

  @Test
  void wrongPasswordIsRefused() {
    try (PostgresServer server = PostgresServer.start()) {
      assertThrows(
          SQLException.class,
          () -> DriverManager.getConnection(server.jdbcUrl(), server.user(), "wrong"));
    }
  }
}
