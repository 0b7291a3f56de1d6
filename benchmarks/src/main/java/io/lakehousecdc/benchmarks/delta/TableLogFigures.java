// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the log entries of the tables below a directory tell.
 *
 * @param commits commits that changed rows
 * @param files data files that they added, those left out that only got a deletion vector
 * @param bytes their size
 * @param filesCompacted files that compactions replaced
 * @param bytesCompacted size of the files that they made
 */
record TableLogFigures(
    long commits, long files, long bytes, long filesCompacted, long bytesCompacted) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static TableLogFigures of(Path root) throws IOException {
    long commits = 0;
    long files = 0;
    long bytes = 0;
    long filesCompacted = 0;
    long bytesCompacted = 0;
    List<Path> entries;
    try (Stream<Path> all = Files.walk(root)) {
      entries = all.filter(TableLogFigures::isEntry).sorted().toList();
    }
    Set<String> known = new HashSet<>();
    for (Path entry : entries) {
      boolean changes = false;
      for (String line : Files.readAllLines(entry)) {
        JsonNode action = JSON.readTree(line);
        JsonNode add = action.path("add");
        if (add.isObject() && known.add(add.path("path").asText())) {
          long size = add.path("size").asLong();
          if (add.path("dataChange").asBoolean()) {
            files++;
            bytes += size;
            changes = true;
          } else {
            bytesCompacted += size;
          }
        }
        JsonNode remove = action.path("remove");
        if (remove.isObject() && !remove.path("dataChange").asBoolean(true)) {
          filesCompacted++;
        }
      }
      commits += changes ? 1 : 0;
    }
    return new TableLogFigures(commits, files, bytes, filesCompacted, bytesCompacted);
  }

  private static boolean isEntry(Path file) {
    return file.getParent().endsWith("_delta_log") && file.toString().endsWith(".json");
  }

  /** Without what was there before. */
  TableLogFigures minus(TableLogFigures before) {
    return new TableLogFigures(
        commits - before.commits,
        files - before.files,
        bytes - before.bytes,
        filesCompacted - before.filesCompacted,
        bytesCompacted - before.bytesCompacted);
  }
}
