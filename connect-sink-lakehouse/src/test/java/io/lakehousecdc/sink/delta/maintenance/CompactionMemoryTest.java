// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.maintenance.CompactionMemory.Grant;
import io.lakehousecdc.sink.delta.maintenance.CompactionMemory.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompactionMemoryTest {
  private final CompactionMemory memory = new CompactionMemory();
  private final List<String> called = new ArrayList<>();

  private Optional<Grant> take(String owner, long bytes) {
    return memory.take(owner, new Request(bytes, 100, () -> called.add(owner)));
  }

  @Test
  void thoseThatFitGoOnTogetherAndTheNextIsCalledWhenThereIsRoom() {
    Grant first = take("first", 60).orElseThrow();
    assertTrue(take("second", 40).isPresent());
    assertFalse(take("third", 50).isPresent());
    assertEquals(List.of(), called);
    first.close();
    assertEquals(List.of("third"), called);
    assertTrue(take("third", 50).isPresent());
  }

  @Test
  void oneThatNeedsMoreThanThereIsRunsAlone() {
    Grant small = take("small", 10).orElseThrow();
    assertFalse(take("huge", 1_000).isPresent());
    small.close();
    Grant huge = take("huge", 1_000).orElseThrow();
    assertFalse(take("small", 1).isPresent());
    huge.close();
    assertTrue(take("small", 1).isPresent());
  }

  @Test
  void largeOneIsNotPassedOverForSmallOnes() {
    Grant first = take("first", 60).orElseThrow();
    assertFalse(take("large", 90).isPresent());
    assertFalse(take("small", 10).isPresent());
    first.close();
    assertEquals(List.of("large"), called);
    assertFalse(take("small", 10).isPresent());
    Grant large = take("large", 90).orElseThrow();
    // What fits beside it is called at once.
    assertEquals(List.of("large", "small"), called.subList(0, 2));
    assertTrue(take("small", 10).isPresent());
    large.close();
  }

  @Test
  void turnThatIsGivenUpGoesToTheNext() {
    Grant first = take("first", 60).orElseThrow();
    assertFalse(take("closed", 100).isPresent());
    assertFalse(take("next", 40).isPresent());
    memory.withdraw("closed");
    assertEquals(List.of("next"), called);
    assertTrue(take("next", 40).isPresent());
    first.close();
  }

  @Test
  void eachLimitHoldsForAllOfTheWorker() {
    Grant other = take("other", 60).orElseThrow();
    Optional<Grant> small = memory.take("small", new Request(30, 50, () -> called.add("small")));
    assertFalse(small.isPresent());
    other.close();
    assertEquals(List.of("small"), called);
  }
}
