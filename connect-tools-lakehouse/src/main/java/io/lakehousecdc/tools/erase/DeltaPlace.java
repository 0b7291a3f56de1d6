// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.spi.TableOptions;
import java.util.Optional;

/**
 * A Delta table in which something is looked for.
 *
 * @param store where it lies
 * @param location of the table, without a slash at the end
 * @param options by which the sink writes its tables
 */
record DeltaPlace(FileIO store, String location, TableOptions options) {

  /** The newest version; empty where there is no table. */
  Optional<ReadTable> latest() {
    return new TableLog(store, location)
        .latest()
        .map(version -> ReadTable.of(store, location, version, options));
  }

  /** Path of a file within the table. */
  String inTable(String file) {
    return file.startsWith(location + "/") ? file.substring(location.length() + 1) : file;
  }

  /** Last part of a file's location. */
  static String name(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }
}
