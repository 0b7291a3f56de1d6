// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.storage.Parallel;
import java.io.IOException;

/**
 * Work that is done for each file of a Delta table, several at a time.
 *
 * @param parallel how many
 */
record OnFiles(int parallel, Pace pace) {

  /** Work on one file. */
  @FunctionalInterface
  interface Work {
    void on(LiveFile file) throws IOException;
  }

  /** Does the work for all files; ends at the first failure. */
  void forEach(ReadTable table, Work work) throws IOException {
    Parallel.map(
        table.files(),
        parallel,
        file -> {
          work.on(file);
          pace.read(file.liveRows());
          return file;
        });
  }
}
