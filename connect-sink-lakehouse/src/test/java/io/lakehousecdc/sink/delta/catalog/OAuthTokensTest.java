// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.catalog.CatalogException.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OAuthTokensTest {
  private final SetClock clock = new SetClock(Instant.parse("2026-01-01T00:00:00Z"));
  private FakeUnity unity;

  @BeforeEach
  void start() throws IOException {
    unity = new FakeUnity();
  }

  @AfterEach
  void stop() {
    unity.close();
  }

  @Test
  void tokenIsAskedForOnce() throws CatalogException {
    OAuthTokens tokens = tokens(FakeUnity.CLIENT_SECRET);

    assertEquals("granted-1", tokens.token());
    clock.pass(Duration.ofMinutes(54));
    assertEquals("granted-1", tokens.token());
    assertEquals(1, unity.granted());
  }

  @Test
  void tokenIsRenewedBeforeItEnds() throws CatalogException {
    OAuthTokens tokens = tokens(FakeUnity.CLIENT_SECRET);
    tokens.token();

    clock.pass(Duration.ofMinutes(56));

    assertEquals("granted-2", tokens.token());
  }

  @Test
  void shortTokenIsRenewedInItsLastQuarter() throws CatalogException {
    unity.tokensLive(60);
    OAuthTokens tokens = tokens(FakeUnity.CLIENT_SECRET);
    tokens.token();

    clock.pass(Duration.ofSeconds(44));
    assertEquals("granted-1", tokens.token());
    clock.pass(Duration.ofSeconds(1));
    assertEquals("granted-2", tokens.token());
  }

  @Test
  void tokenThatIsRefusedIsNotUsedAgain() throws CatalogException {
    UnitySettings settings =
        new UnitySettings(
            URI.create(unity.address()),
            "lake",
            Optional.empty(),
            Optional.of(FakeUnity.CLIENT_ID),
            Optional.of(FakeUnity.CLIENT_SECRET));
    UnityCatalog catalog = new UnityCatalog(settings);
    catalog.check();
    unity.revokeTokens();

    assertEquals(Kind.UNAVAILABLE, assertThrows(CatalogException.class, catalog::check).kind());
    catalog.check();

    assertEquals(2, unity.granted());
  }

  @Test
  void wrongSecretIsToldWithoutIt() {
    CatalogException failure =
        assertThrows(CatalogException.class, () -> tokens("my-secret").token());

    assertEquals(UnitySettings.CLIENT_SECRET, failure.setting());
    assertTrue(failure.getMessage().contains("invalid_client"), failure.getMessage());
    assertFalse(failure.getMessage().contains("my-secret"), failure.getMessage());
  }

  private OAuthTokens tokens(String secret) {
    return new OAuthTokens(
        new JsonHttp("Unity Catalog", UnitySettings.ENDPOINT),
        URI.create(unity.address()),
        FakeUnity.CLIENT_ID,
        secret,
        clock);
  }
}
