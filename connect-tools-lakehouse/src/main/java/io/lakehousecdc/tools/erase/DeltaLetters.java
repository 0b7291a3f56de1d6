// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.tools.erase.Finding.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The dead letters in a Delta table that nobody can tell to be about a key or not. Stateless. */
final class DeltaLetters {
  private static final List<String> COLUMNS =
      List.of("topic", "partition", "offset", "key", "value");

  private DeltaLetters() {}

  /** Letters that are no JSON, and have the key's values as words: they are told, and left. */
  static List<Finding> unreadable(ReadTable table, Subject subject) throws IOException {
    RecordText records = subject.records();
    List<Finding> found = new ArrayList<>();
    for (LiveFile file : table.files()) {
      table.rows(
          file,
          table.shape().columns(COLUMNS),
          (row, cells) -> {
            String key = (String) cells[3];
            String value = (String) cells[4];
            if (subject.isFedBy((String) cells[0])
                && records.of(key, value) == RecordText.About.UNREADABLE
                && records.mayBeAbout(key, value)) {
              found.add(
                  Finding.of(Place.DEAD_LETTER, cells[0] + "-" + cells[1] + "@" + cells[2], 1)
                      .remaining(
                          "it is no JSON, and may be about the key: look at it, and delete it by"
                              + " hand"));
            }
          });
    }
    return found;
  }
}
