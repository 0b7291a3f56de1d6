// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import org.apache.parquet.column.values.ValuesReader;

/**
 * Which rows of a page have a value, as definition levels of a flat column tell: 1 or 0. Goes from
 * row to row. Not thread-safe.
 */
interface Presence {

  /** Whether the next row has a value. */
  boolean next();

  /** Passes over rows. Returns how many of them have a value. */
  int pass(int count);

  /** Of a column that is never NULL. */
  static Presence always() {
    return new Presence() {
      @Override
      public boolean next() {
        return true;
      }

      @Override
      public int pass(int count) {
        return count;
      }
    };
  }

  /** Levels as runs: without NULLs a single one, which is passed over at once. */
  static Presence of(HybridRuns levels) {
    return new Presence() {
      @Override
      public boolean next() {
        return levels.next() > 0;
      }

      @Override
      public int pass(int count) {
        return levels.sum(count);
      }
    };
  }

  /** Levels in an encoding of old. */
  static Presence of(ValuesReader levels) {
    return new Presence() {
      @Override
      public boolean next() {
        return levels.readInteger() > 0;
      }

      @Override
      public int pass(int count) {
        int present = 0;
        for (int i = 0; i < count; i++) {
          present += levels.readInteger();
        }
        return present;
      }
    };
  }
}
