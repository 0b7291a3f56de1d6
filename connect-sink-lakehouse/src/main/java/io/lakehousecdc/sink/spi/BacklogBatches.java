// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.TableId;

/**
 * How large the batches of a task should be that is behind, because it reads a backlog or a
 * snapshot: its changes are late anyway, and a target that writes files gets fewer and larger ones.
 * Thread-safe; the answers may change at any time.
 */
public interface BacklogBatches {

  /** For a target to which large batches are of no use. */
  BacklogBatches USUAL =
      new BacklogBatches() {
        @Override
        public long changes(TableId table) {
          return 0;
        }

        @Override
        public long memoryBytes() {
          return 0;
        }
      };

  /**
   * Number of changes of a table that a batch should have; 0 where that is not known, or a batch of
   * the usual size is as good.
   */
  long changes(TableId table);

  /** Estimated heap that all batches of the task may take together, in bytes. */
  long memoryBytes();
}
