// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

/** When a target stores the status of tables: what {@link TableStatus} tells. */
public enum StatusWrites {
  /**
   * With the rows, where {@link Commit#status} has any: readers see both at once. Where that is not
   * possible without delay, the commit is made without it, and the receipt says so.
   */
  WITH_COMMITS,
  /** By {@link Target#report} alone: commits are too expensive to carry it. */
  APART
}
