// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.error.Disclosure;
import io.lakehousecdc.sink.error.FatalException;
import org.junit.jupiter.api.Test;

/** Tests of what is told of Kernel's failures. */
class LogFailuresTest {
  private static final String ENTRY =
      "{\"add\":{\"stats\":\"{\\\"minValues\\\":\\\"marker\\\"}\"}}";
  private static final LogFailures FAILURES = new LogFailures("/tables/orders");

  @Test
  void entryOfTheLogIsLeftOutOfTheWholeChain() {
    Exception parser = new IllegalStateException("Unexpected end at " + ENTRY);
    FatalException failure =
        FAILURES.ofTable("read", new IllegalArgumentException("Could not parse " + ENTRY, parser));
    for (Throwable each = failure; each != null; each = each.getCause()) {
      assertFalse(each.getMessage().contains("marker"), each::toString);
    }
    assertTrue(failure.getMessage().contains("Could not parse"), failure::getMessage);
    assertTrue(Disclosure.VALUES.message(failure).contains("marker"));
  }

  @Test
  void otherFailureIsTheCauseItself() {
    Exception cause = new IllegalArgumentException("Unsupported feature");
    assertSame(cause, FAILURES.ofTable("read", cause).getCause());
  }
}
