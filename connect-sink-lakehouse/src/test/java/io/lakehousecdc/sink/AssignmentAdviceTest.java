// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AssignmentAdviceTest {
  private static final String STRATEGY = "consumer.override.partition.assignment.strategy";

  @Test
  void severalTasksWithKafkasDefaultAreWarnedOf() {
    String advice = AssignmentAdvice.of(Map.of("tasks.max", "4")).orElseThrow();
    assertTrue(advice.contains("tasks.max is 4"), advice);
    assertTrue(advice.contains(STRATEGY), advice);
  }

  @Test
  void oneTaskNeedsNoAdvice() {
    assertEquals(Optional.empty(), AssignmentAdvice.of(Map.of()));
    assertEquals(Optional.empty(), AssignmentAdvice.of(Map.of("tasks.max", "1")));
  }

  @Test
  void chosenStrategyIsLeftAlone() {
    assertEquals(
        Optional.empty(), AssignmentAdvice.of(Map.of("tasks.max", "4", STRATEGY, "any.Assignor")));
  }

  @Test
  void partitionsOfOneTopicNeedNoAdvice() {
    assertEquals(Optional.empty(), AssignmentAdvice.of(Map.of("tasks.max", "4", "topics", "a")));
    assertTrue(AssignmentAdvice.of(Map.of("tasks.max", "4", "topics", "a,b")).isPresent());
  }

  /** Kafka's consumer refuses a strategy beside it. */
  @Test
  void assignmentByTheBrokerNeedsNoAdvice() {
    assertEquals(
        Optional.empty(),
        AssignmentAdvice.of(
            Map.of("tasks.max", "4", "consumer.override.group.protocol", "CONSUMER")));
  }
}
