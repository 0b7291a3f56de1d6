// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.kernel.ChangeFile;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.write.RowRewriter.Rewritten;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/**
 * A commit whose files are written and durable: what remains is the log entry.
 *
 * @param removed files as they are in the version that the plan was made for
 * @param added files as they will be
 * @param placed keys of new rows with the place that they will have, by file of {@code added}
 * @param changes what the commit tells the table's change data feed
 * @param rewritten files of {@code added} whose rows were stored elsewhere before
 */
public record PreparedCommit(
    List<LiveFile> removed,
    List<LiveFile> added,
    Map<LiveFile, List<KeyBits>> placed,
    List<ChangeFile> changes,
    List<Rewritten> rewritten) {

  public NewCommit toCommit(Map<String, Optional<String>> domains) {
    return new NewCommit(files(removed), files(added), changes, domains, true);
  }

  /**
   * Points the index to the rows where they are now.
   *
   * @param rowFiles reads the keys of files that they are not known of
   */
  public void applyTo(KeyMap keys, RowFiles rowFiles) throws IOException {
    placed.forEach((file, inFile) -> keys.put(inFile, file));
    for (Rewritten file : rewritten) {
      if (file.keys().isPresent()) {
        keys.apply(file.keys().get(), file.file(), new RoaringBitmap());
      } else {
        keys.add(file.file(), rowFiles);
      }
    }
  }

  /** Whether the index can follow before the commit is made: nothing has to be read for it. */
  public boolean isPlacedAhead() {
    return rewritten.isEmpty();
  }

  private static List<DataFile> files(List<LiveFile> live) {
    List<DataFile> files = new ArrayList<>(live.size());
    live.forEach(file -> files.add(file.file()));
    return files;
  }
}
