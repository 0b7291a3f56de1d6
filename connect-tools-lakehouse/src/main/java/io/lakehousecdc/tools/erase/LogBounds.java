// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.maintenance.LogCut;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LogListing;
import io.lakehousecdc.sink.delta.storage.Parallel;
import io.lakehousecdc.sink.error.TargetException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a table's log tells of files: which it names, and which of its own files show the values of
 * erased rows as bounds. Entries are read in full; of checkpoints, the first one, because what
 * those after it hold the entries between them tell.
 */
final class LogBounds {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Entries that are held in memory at a time. */
  private static final int PART = 100;

  private final FileIO store;
  private final String table;
  private final FileBounds bounds;
  private final Set<String> named = new HashSet<>();
  private final List<String> read = new ArrayList<>();
  private final Map<String, Long> shownFrom = new HashMap<>();
  private final Map<String, Long> addedAt = new HashMap<>();
  private final Map<String, Long> removedAt = new HashMap<>();
  private final Set<Long> showing = new HashSet<>();

  private LogBounds(FileIO store, String table, FileBounds bounds) {
    this.store = store;
    this.table = table;
    this.bounds = bounds;
  }

  /**
   * Reads the log.
   *
   * @param table location of the table
   */
  static LogBounds read(FileIO store, String table, FileBounds bounds) throws IOException {
    LogBounds log = new LogBounds(store, table, bounds);
    log.read();
    return log;
  }

  /** Whether a commit that the log still holds names the file. */
  boolean names(String fileName) {
    return named.contains(fileName);
  }

  /** Names of the files of the log that were read. */
  List<String> files() {
    return read;
  }

  /** Versions whose entry or checkpoint shows values of the rows. */
  Set<Long> showing() {
    return showing;
  }

  /** The last of them; -1 where none does. */
  long lastShowing() {
    return showing.stream().mapToLong(Long::longValue).max().orElse(-1);
  }

  private void read() throws IOException {
    List<FileInfo> log =
        LogListing.from(store, table + "/_delta_log/0").stream()
            .filter(file -> LogCut.version(file) >= 0)
            .toList();
    List<FileInfo> entries = log.stream().filter(file -> file.name().endsWith(".json")).toList();
    List<FileInfo> checkpoints =
        log.stream().filter(file -> file.name().contains(".checkpoint.")).toList();
    if (!checkpoints.isEmpty()) {
      readCheckpoint(checkpoints.get(0));
    }
    for (int from = 0; from < entries.size(); from += PART) {
      List<FileInfo> part = entries.subList(from, Math.min(from + PART, entries.size()));
      List<String> texts = Parallel.map(part, store.concurrency(), this::text);
      for (int i = 0; i < part.size(); i++) {
        readEntry(LogCut.version(part.get(i)), texts.get(i));
        read.add(part.get(i).name());
      }
    }
    for (FileInfo other : log) {
      long version = LogCut.version(other);
      boolean mayShow =
          other.name().contains(".checkpoint.")
              || other.name().endsWith(".crc") && text(other).contains("\"allFiles\"");
      if (mayShow && shownFrom.keySet().stream().anyMatch(file -> isIn(file, version))) {
        showing.add(version);
      }
    }
  }

  /** Whether a version has a file that shows values. */
  private boolean isIn(String file, long version) {
    Long removed = removedAt.get(file);
    boolean isGone = removed != null && removed > addedAt.getOrDefault(file, -1L);
    return version >= shownFrom.get(file) && (!isGone || version < removed);
  }

  private void readCheckpoint(FileInfo checkpoint) {
    long version = LogCut.version(checkpoint);
    read.add(checkpoint.name());
    try {
      new TableLog(store, table)
          .version(version)
          .files(
              file -> {
                String name = name(file.path());
                named.add(name);
                if (file.stats() != null && bounds.showsIn(name, file.stats().tree())) {
                  shownFrom.put(name, version);
                }
              });
    } catch (TargetException e) {
      // It cannot be read as a version any more; that it shows something cannot be ruled out.
      showing.add(version);
    }
  }

  private void readEntry(long version, String text) throws IOException {
    for (String line : text.split("\n")) {
      JsonNode action = parsed(line);
      if (action.path("add").isObject()) {
        String name = name(action.path("add").path("path").asText());
        named.add(name);
        addedAt.put(name, version);
        JsonNode statistics = parsed(action.path("add").path("stats").asText(""));
        if (bounds.showsIn(name, statistics)) {
          showing.add(version);
          shownFrom.putIfAbsent(name, version);
        }
      }
      if (action.has("commitInfo") && bounds.isQuotedIn(action.path("commitInfo").toString())) {
        // Other programs name the condition of a DELETE.
        showing.add(version);
      }
      if (action.path("remove").isObject()) {
        String name = name(action.path("remove").path("path").asText());
        named.add(name);
        removedAt.put(name, version);
      }
      if (action.path("cdc").isObject()) {
        named.add(name(action.path("cdc").path("path").asText()));
      }
    }
  }

  /** A node that has nothing where the text is no JSON. */
  private static JsonNode parsed(String text) throws IOException {
    try {
      return text.isBlank() ? JSON.missingNode() : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  /** Last part of a path, as files are called. */
  private static String name(String path) {
    String last = path.substring(path.lastIndexOf('/') + 1);
    return URLDecoder.decode(last.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Nothing where a clean-up has taken it meanwhile. */
  private String text(FileInfo file) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
    try (FileInput input = store.open(file.location(), file.size())) {
      input.readFully(0, content);
    } catch (FileNotFoundException e) {
      return "";
    }
    return new String(content.array(), StandardCharsets.UTF_8);
  }
}
