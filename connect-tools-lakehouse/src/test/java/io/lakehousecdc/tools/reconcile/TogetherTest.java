// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TogetherTest {
  private final CountDownLatch never = new CountDownLatch(1);

  @Test
  void bothAreDone() throws Exception {
    CountDownLatch met = new CountDownLatch(2);

    assertEquals("here", new Together(() -> meet(met, "beside")).with(() -> meet(met, "here")));
  }

  private static String meet(CountDownLatch met, String who) throws InterruptedException {
    met.countDown();
    met.await();
    return who;
  }

  @Test
  void failureBesideEndsTheWorkHere() {
    Together together =
        new Together(
            () -> {
              throw new IOException("beside");
            });

    assertEquals(
        "beside", assertThrows(IOException.class, () -> together.with(this::forever)).getMessage());
    assertFalse(Thread.currentThread().isInterrupted());
  }

  @Test
  void failureHereEndsTheWorkBeside() {
    assertThrows(
        IOException.class,
        () ->
            new Together(this::forever)
                .with(
                    () -> {
                      throw new IOException("here");
                    }));
    assertFalse(Thread.currentThread().isInterrupted());
  }

  private Object forever() throws InterruptedException {
    never.await();
    return null;
  }
}
