// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

/**
 * A row's place, a file of the index and a row in it, packed into a {@code long} so that look-ups
 * allocate nothing. Every place is at or above zero.
 */
public final class Location {

  /** No place: the key is not in the index. */
  public static final long ABSENT = -1;

  private Location() {}

  /** Place of row {@code row} (from 0) of file {@code file}. */
  public static long of(int file, int row) {
    return (long) file << Integer.SIZE | row;
  }

  /** File as {@link KeyIndex#addFile} numbered it. */
  public static int file(long location) {
    return (int) (location >>> Integer.SIZE);
  }

  /** Index of the row in its file, from 0. */
  public static int row(long location) {
    return (int) location;
  }
}
