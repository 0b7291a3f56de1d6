// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.sink.spi.TableOptions;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Properties;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.postgresql.Driver;
import org.postgresql.core.SocketFactoryFactory;

/** Sockets as the driver gets them. */
class WatchfulSocketsTest {
  @Test
  void driverMakesSocketsThatMissASilentServerSoon() throws Exception {
    SocketFactory factory = SocketFactoryFactory.getSocketFactory(properties(""));
    assertInstanceOf(WatchfulSockets.class, factory);
    try (Socket socket = factory.createSocket()) {
      assertEquals(true, socket.getOption(StandardSocketOptions.SO_KEEPALIVE));
      assumeTrue(socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE));
      int seconds =
          socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)
              + socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)
                  * socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT);
      assertEquals(120, seconds);
    }
  }

  @Test
  void socketsThatTheUrlNamesAreUsedInstead() throws Exception {
    String other = "org.postgresql.ssl.NonValidatingFactory";
    assertEquals(other, properties("?socketFactory=" + other).getProperty("socketFactory"));
  }

  private static Properties properties(String parameters) {
    Map<String, String> given =
        Map.of("postgres.url", "jdbc:postgresql://localhost/dwh" + parameters);
    PostgresSettings settings =
        new PostgresSettings(SharedPostgres.settings(given, TableOptions.DEFAULT));
    return Driver.parseURL(settings.url(), settings.driverProperties());
  }
}
