// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.nio.file.Path;

/**
 * Where key indexes may lie: in direct memory as long as all of the worker's together hold at most
 * {@code limit}, and the JVM grants it; then in files that are mapped into memory.
 *
 * @param budget what the indexes of the worker hold
 * @param limit bytes of direct memory
 * @param spillDirectory directory of those files, which have no name there
 */
public record IndexMemory(IndexBudget budget, long limit, Path spillDirectory) {

  /** A share of its own, without a limit but the JVM's. */
  public static IndexMemory unlimited() {
    return new IndexMemory(
        new IndexBudget(), Long.MAX_VALUE, Path.of(System.getProperty("java.io.tmpdir")));
  }
}
