// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredential.AzureSas;
import io.lakehousecdc.sink.delta.storage.StoreCredential.GoogleToken;
import io.lakehousecdc.sink.delta.storage.StoreCredential.S3Session;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnityCredentialsTest {
  private static final String ASKED = "POST /api/2.1/unity-catalog/temporary-path-credentials";

  private final SetClock clock = new SetClock(Instant.now());
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
  void eachTableHasACredential() throws IOException {
    UnityCredentials credentials = credentials("s3://bucket/lake");

    S3Session session =
        assertInstanceOf(
            S3Session.class, credentials.of("s3://bucket/lake/shop/items/_delta_log/0.json"));
    assertEquals("key-of-s3://bucket/lake/shop/items", session.accessKeyId());
    assertEquals("secret-of-s3://bucket/lake/shop/items", session.secretAccessKey());
    assertEquals("session-of-s3://bucket/lake/shop/items", session.sessionToken());
    assertSame(session, credentials.of("s3://bucket/lake/shop/items/day=1/a.parquet"));
    assertSame(session, credentials.of("s3://bucket/lake/shop/items"));
    assertEquals(1, unity.count(ASKED));
    assertKey(credentials, "s3://bucket/lake/shop/other", "s3://bucket/lake/shop/other/a.parquet");
  }

  @Test
  void tableWithoutASchemaHasACredential() throws IOException {
    UnityCredentials credentials = credentials("s3://bucket/lake");

    assertKey(
        credentials, "s3://bucket/lake/letters", "s3://bucket/lake/letters/_delta_log/0.json");
    assertKey(credentials, "s3://bucket/lake/letters", "s3://bucket/lake/letters/a.parquet");
    assertKey(credentials, "s3://bucket/lake/_cdc_offsets", "s3://bucket/lake/_cdc_offsets/x/y/z");
    assertEquals(2, unity.count(ASKED));
  }

  private static void assertKey(UnityCredentials credentials, String directory, String location)
      throws IOException {
    assertEquals("key-of-" + directory, ((S3Session) credentials.of(location)).accessKeyId());
  }

  @Test
  void everyStoreHasItsForm() throws IOException {
    assertInstanceOf(
        AzureSas.class,
        credentials("abfss://c@a.dfs.core.windows.net/r")
            .of("abfss://c@a.dfs.core.windows.net/r/s/t"));
    assertInstanceOf(GoogleToken.class, credentials("gs://b/r").of("gs://b/r/s/t"));
  }

  @Test
  void credentialIsRenewedBeforeItEnds() throws IOException {
    UnityCredentials credentials = credentials("s3://b/r");
    StoreCredential first = credentials.of("s3://b/r/s/t");

    clock.pass(Duration.ofMinutes(54));
    assertSame(first, credentials.of("s3://b/r/s/t"));
    clock.pass(Duration.ofMinutes(2));
    assertTrue(first.expires().isAfter(clock.instant()));
    assertNotEquals(first, credentials.of("s3://b/r/s/t"));
  }

  @Test
  void credentialThatStillHoldsIsUsedWhileItCannotBeRenewed() throws IOException {
    UnityCredentials credentials = credentials("s3://b/r");
    StoreCredential first = credentials.of("s3://b/r/s/t");
    clock.pass(Duration.ofMinutes(56));
    unity.failNext(503, 503);

    assertSame(first, credentials.of("s3://b/r/s/t"));
    clock.pass(Duration.ofMinutes(5));
    assertThrows(IOException.class, () -> credentials.of("s3://b/r/s/t"));
  }

  @Test
  void renewalThatFailsIsTriedAgainHalfAMinuteLater() throws IOException {
    UnityCredentials credentials = credentials("s3://b/r");
    StoreCredential first = credentials.of("s3://b/r/s/t");
    clock.pass(Duration.ofMinutes(56));
    unity.failNext(403);
    assertSame(first, credentials.of("s3://b/r/s/t"));
    long asked = unity.count(ASKED);

    clock.pass(Duration.ofSeconds(29));
    assertSame(first, credentials.of("s3://b/r/s/t"));
    assertEquals(asked, unity.count(ASKED));
    clock.pass(Duration.ofSeconds(1));
    assertNotEquals(first, credentials.of("s3://b/r/s/t"));
  }

  @Test
  void refusalSaysWhatToGrant() {
    AccessDeniedException failure =
        assertThrows(
            AccessDeniedException.class, () -> credentials("file:///r").of("file:///r/s/t"));

    assertTrue(failure.getMessage().contains("EXTERNAL USE LOCATION"), failure.getMessage());
  }

  @Test
  void sameSettingsAreEqualAndTellNoSecret() throws IOException {
    assertEquals(credentials("s3://b/r"), credentials("s3://b/r"));
    assertNotEquals(credentials("s3://b/r"), credentials("s3://b/q"));
    assertFalse(credentials("s3://b/r").toString().contains(FakeUnity.TOKEN));
    assertFalse(credentials("s3://b/r").of("s3://b/r/s/t").toString().contains("secret-of"));
  }

  private UnityCredentials credentials(String root) {
    return new UnityCredentials(
        UnitySettings.of(new TargetSettings(unity.settings(), TableOptions.DEFAULT)), root, clock);
  }
}
