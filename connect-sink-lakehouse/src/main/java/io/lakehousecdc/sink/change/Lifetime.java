// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

/**
 * When a key was seen by the changes that were merged into one. Commit times are in microseconds
 * since the epoch; 0 where none of the changes tells one.
 *
 * @param firstMicros earliest commit time of them
 * @param reborn whether a delete of the row is among them, with changes after it
 * @param rebornMicros earliest commit time of those after the last delete
 */
public record Lifetime(long firstMicros, boolean reborn, long rebornMicros) {

  /** The earlier of two commit times, of which one that is not known, 0, does not count. */
  public static long earlier(long one, long other) {
    return one == 0 || other != 0 && other < one ? other : one;
  }
}
