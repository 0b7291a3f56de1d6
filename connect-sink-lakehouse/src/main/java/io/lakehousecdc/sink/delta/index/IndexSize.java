// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

/**
 * The size of a key index outside the Java heap.
 *
 * @param bytes bytes taken in all
 * @param spilledBytes how many of them lie in files, for want of direct memory
 */
public record IndexSize(long bytes, long spilledBytes) {

  /** The size of none. */
  public static final IndexSize NONE = new IndexSize(0, 0);
}
