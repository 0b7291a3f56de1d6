// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MixTest {
  private static final int DRAWN = 100_000;

  @Test
  void actionsComeInTheirProportions() {
    Map<Mix.Action, Integer> drawn = draw(new Mix(3, 6, 1));
    assertEquals(0.3 * DRAWN, drawn.get(Mix.Action.INSERT), 0.01 * DRAWN);
    assertEquals(0.6 * DRAWN, drawn.get(Mix.Action.UPDATE), 0.01 * DRAWN);
    assertEquals(0.1 * DRAWN, drawn.get(Mix.Action.DELETE), 0.01 * DRAWN);
  }

  @Test
  void actionOfProbabilityZeroNeverComes() {
    assertEquals(Map.of(Mix.Action.UPDATE, DRAWN), draw(new Mix(0, 0.2, 0)));
  }

  private static Map<Mix.Action, Integer> draw(Mix mix) {
    SplittableRandom random = new SplittableRandom(1);
    Map<Mix.Action, Integer> drawn = new EnumMap<>(Mix.Action.class);
    for (int i = 0; i < DRAWN; i++) {
      drawn.merge(mix.next(random), 1, Integer::sum);
    }
    return drawn;
  }
}
