// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class S3RequestsTest {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofMinutes(15);

  private final CountDownLatch stalled = new CountDownLatch(1);

  @ParameterizedTest
  @EnumSource(names = {"PUT", "PUT_IF_ABSENT"})
  void writeThatStallsIsGivenUp(Operation operation) {
    try (S3Requests requests = S3Requests.of(new StoreFigures(), 0, LONG, SHORT)) {
      IOException failure =
          assertThrows(
              IOException.class, () -> requests.send(operation, "s3://b/k", this::stall, d -> 0));

      assertTrue(failure.getMessage().contains("no answer within"), failure.getMessage());
      stalled.countDown();
    }
  }

  @Test
  void readMayTakeLonger() throws IOException {
    try (S3Requests requests = S3Requests.of(new StoreFigures(), 0, LONG, Duration.ZERO)) {
      assertEquals("done", requests.send(Operation.GET, "s3://b/k", () -> "done", d -> 0));
    }
  }

  private String stall() throws InterruptedException {
    stalled.await();
    return "late";
  }
}
