// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files that the commits of a table name, from the log itself: checkpoints of some writers
 * forget the files that were removed.
 */
final class LoggedFiles {
  private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileIO store;
  private final FileNames names;

  LoggedFiles(FileIO store, FileNames names) {
    this.store = store;
    this.names = names;
  }

  /**
   * Locations of all files, data and deletion vectors, that a commit since the given time added or
   * removed. Together with the active files these are all that any version since then refers to: a
   * file active at that time is active now, or a commit since has removed it.
   *
   * @return empty where the log no longer reaches back so far
   */
  Optional<Set<String>> since(long millis) throws IOException {
    List<FileInfo> commits =
        store.listFrom(names.log() + "/0").stream()
            .filter(file -> COMMIT.matcher(file.name()).matches())
            .toList();
    boolean reachesBack =
        !commits.isEmpty()
            && (commits.get(0).name().startsWith("0".repeat(20))
                || commits.get(0).modifiedMillis() < millis);
    if (!reachesBack) {
      return Optional.empty();
    }
    Set<String> named = new HashSet<>();
    for (FileInfo commit : commits) {
      if (commit.modifiedMillis() >= millis) {
        read(commit, named);
      }
    }
    return Optional.of(named);
  }

  private void read(FileInfo commit, Set<String> named) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(commit.size()));
    try (FileInput input = store.open(commit.location())) {
      input.readFully(0, content);
    }
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new ByteArrayInputStream(content.array()), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode action = JSON.readTree(line);
      for (String kind : List.of("add", "remove", "cdc")) {
        JsonNode file = action.path(kind);
        if (file.isObject()) {
          named.add(names.data(file.path("path").asText()));
          JsonNode vector = file.path("deletionVector");
          if (vector.isObject()) {
            names
                .vector(vector.path("storageType").asText(), vector.path("pathOrInlineDv").asText())
                .ifPresent(named::add);
          }
        }
      }
    }
  }
}
