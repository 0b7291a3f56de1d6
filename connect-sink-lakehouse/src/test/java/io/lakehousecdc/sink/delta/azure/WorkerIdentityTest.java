// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.credential.AccessToken;
import com.azure.core.exception.ClientAuthenticationException;
import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.ObjectName;
import io.lakehousecdc.sink.delta.rest.SignInException;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When tokens are renewed, and what is said where there are none. */
class WorkerIdentityTest {
  private static final Duration LIFE = Duration.ofHours(1);
  private static final Call CALL =
      Call.of(
          Operation.HEAD,
          new ObjectName("lake", "a"),
          "HEAD",
          URI.create("https://shop.example.com/lake/a"));

  private final TestClock clock = new TestClock();
  private final Tokens tokens = new Tokens();
  private final WorkerIdentity identity = new WorkerIdentity(tokens, clock);

  @Test
  void tokenIsRenewedBeforeItEnds() throws IOException {
    assertEquals("Bearer 1", sign());
    clock.pass(LIFE.minusMinutes(6));
    assertEquals("Bearer 1", sign());
    clock.pass(Duration.ofMinutes(1));
    assertEquals("Bearer 2", sign());
  }

  @Test
  void renewalThatFailsIsTriedAgainAfterAPause() throws IOException {
    sign();
    clock.pass(LIFE.minusMinutes(4));
    tokens.failure = "away";
    assertEquals("Bearer 1", sign());
    assertEquals("Bearer 1", sign());
    assertEquals(2, tokens.asked);

    clock.pass(Duration.ofSeconds(30));
    assertEquals("Bearer 1", sign());
    assertEquals(3, tokens.asked);

    tokens.failure = null;
    clock.pass(Duration.ofSeconds(30));
    assertEquals("Bearer 4", sign());
  }

  @Test
  void tokenThatHasEndedIsNotUsed() throws IOException {
    sign();
    tokens.failure = "away";
    clock.pass(LIFE);

    assertThrows(SignInException.class, this::sign);
    assertThrows(SignInException.class, this::sign);
    tokens.failure = null;
    assertEquals("Bearer 4", sign());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "IMDS is not reachable",
        "AADSTS90033: A transient error has occurred.",
        "503 Service Unavailable"
      })
  void outageMayPass(String failure) {
    tokens.failure = failure;

    assertTrue(assertThrows(SignInException.class, this::sign).mayPass());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AADSTS7000215: Invalid client secret provided.",
        "AADSTS90002: Tenant not found.",
        "AADSTS700016: Application not found."
      })
  void refusalDoesNotPass(String failure) {
    tokens.failure = failure;

    assertFalse(assertThrows(SignInException.class, this::sign).mayPass());
  }

  private String sign() throws IOException {
    return identity.sign(CALL).headers().get("authorization");
  }

  /** Gives the number of the request as its token. */
  private final class Tokens implements Supplier<AccessToken> {
    private int asked;
    private String failure;

    @Override
    public AccessToken get() {
      asked++;
      if (failure != null) {
        throw new IllegalStateException(
            "Tried all", new ClientAuthenticationException(failure, null));
      }
      return new AccessToken(
          Integer.toString(asked), clock.instant().plus(LIFE).atOffset(ZoneOffset.UTC));
    }
  }

  private static final class TestClock extends Clock {
    private Instant now = Instant.parse("2026-11-02T10:00:00Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
