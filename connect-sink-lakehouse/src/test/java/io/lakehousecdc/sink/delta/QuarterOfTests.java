// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs a quarter of a class's test methods, always the same; in a soak ({@code
 * -Dlakehousecdc.soak.seeds}) all of them. For contracts that hold on one store if they hold on
 * another: what stores differ in has a contract of its own, of which every build runs all.
 */
final class QuarterOfTests implements ExecutionCondition {
  private static final int PARTS = 4;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    boolean runs =
        System.getProperty("lakehousecdc.soak.seeds") != null
            || context
                .getTestMethod()
                .map(method -> Math.floorMod(method.getName().hashCode(), PARTS) == 0)
                .orElse(true);
    return runs
        ? ConditionEvaluationResult.enabled("of the quarter that runs")
        : ConditionEvaluationResult.disabled("`.ci/soak stores` runs all tests of this class");
  }
}
