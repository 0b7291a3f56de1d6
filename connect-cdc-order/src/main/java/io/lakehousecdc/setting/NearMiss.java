// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.setting;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * The search for the setting that a wrong name was meant for. Strict, because the name may as well
 * be one of another version: a part between dots may differ by one character in four.
 */
public final class NearMiss {
  private static final int CHARACTERS_PER_MISTAKE = 4;

  private NearMiss() {}

  /** The known name that {@code name} was meant for; empty if it is like none of them. */
  public static Optional<String> of(String name, Collection<String> known) {
    return known.stream().filter(each -> isNear(name, each)).findFirst();
  }

  private static boolean isNear(String name, String known) {
    String[] parts = name.split("\\.");
    String[] wanted = known.split("\\.");
    if (joined(name).equals(joined(known))) {
      return true;
    }
    if (parts.length != wanted.length) {
      return false;
    }
    for (int i = 0; i < parts.length; i++) {
      int longer = Math.max(parts[i].length(), wanted[i].length());
      if (distance(parts[i], wanted[i]) > longer / CHARACTERS_PER_MISTAKE) {
        return false;
      }
    }
    return true;
  }

  /** The letters and digits: separators are easily confused or forgotten. */
  private static String joined(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** Number of characters inserted, left out, replaced or swapped with their neighbour. */
  private static int distance(String one, String other) {
    int[][] steps = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          steps[i][j] = i + j;
          continue;
        }
        int replaced = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        int least = Math.min(steps[i - 1][j], steps[i][j - 1]) + 1;
        least = Math.min(least, steps[i - 1][j - 1] + replaced);
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          least = Math.min(least, steps[i - 2][j - 2] + 1);
        }
        steps[i][j] = least;
      }
    }
    return steps[one.length()][other.length()];
  }
}
