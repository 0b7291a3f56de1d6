// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A commit whose files are written and durable: what remains is the log entry.
 *
 * @param removed files as they are in the version that the plan was made for
 * @param added files as they will be
 * @param placed keys with the place that they will have, by file of {@code added}
 */
public record PreparedCommit(
    List<LiveFile> removed, List<LiveFile> added, Map<LiveFile, List<KeyBits>> placed) {

  public NewCommit toCommit(Map<String, Optional<String>> domains) {
    return new NewCommit(files(removed), files(added), domains, true);
  }

  private static List<DataFile> files(List<LiveFile> live) {
    List<DataFile> files = new ArrayList<>(live.size());
    live.forEach(file -> files.add(file.file()));
    return files;
  }
}
