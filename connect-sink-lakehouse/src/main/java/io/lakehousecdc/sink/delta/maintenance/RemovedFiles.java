// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.LogListing;
import io.lakehousecdc.sink.delta.storage.Parallel;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a table, data and deletion vectors, that commits have removed, with the time of the
 * last commit that did. Together with the active files these are all that a version of that time
 * refers to: a file active then is active now, or a commit since has removed it. From the log
 * itself, because checkpoints of some writers forget removed files.
 *
 * <p>Each log entry is read once: the next look goes on behind the last. What is known is kept in a
 * file beside the log, so that a process which starts does not read the log of the whole retention
 * again; the file counts only where the last entry that it knows of is still the one that was read.
 * For one thread at a time.
 */
final class RemovedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(RemovedFiles.class);
  private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Other readers of the log leave it alone, as they do with other names that begin so. */
  private static final String FILE = "/_lakehousecdc_removed";

  /** Entries read since it was last kept, from which on it is worth keeping again. */
  private static final int WORTH_KEEPING = 200;

  /** Bytes of entries that are read at a time, unless a single one is longer. */
  private static final int PART_BYTES = 2 << 20;

  /**
   * How much longer removals are known than they are asked for, so that the clock of the next
   * process may be behind.
   */
  private static final long MARGIN_MILLIS = 3_600_000;

  private final FileIO store;
  private final FileNames names;
  private RemovalTimes times = RemovalTimes.NONE;
  private long readSince = Long.MAX_VALUE;
  private FileInfo last;
  private boolean loaded;
  private int unkept;

  /** What is named since a time. */
  interface Named {

    /**
     * Whether a commit has removed the file since then, or has just added it.
     *
     * @param location location of a file of the table
     */
    boolean contains(String location);
  }

  RemovedFiles(FileIO store, FileNames names) {
    this.store = store;
    this.names = names;
  }

  /**
   * The files that are needed, beside the active ones, by versions since a time.
   *
   * @param millis the time, by the clock of the store; that of removals is known to the second
   * @param activeMillis a time before the active files were read: what is added since counts, too
   * @return empty where the log does not reach back so far, and nobody has kept what it told
   */
  Optional<Named> since(long millis, long activeMillis) throws IOException {
    if (!loaded) {
      load();
      loaded = true;
    }
    List<FileInfo> entries = sinceLast();
    if (entries.isEmpty() && last != null) {
      // Whoever cuts the log short keeps before what it told.
      load();
      entries = sinceLast();
    }
    long from = millis - MARGIN_MILLIS;
    if (entries.isEmpty() || readSince > millis) {
      entries = begin(from);
    } else {
      entries = entries.subList(1, entries.size());
    }
    FileInfo read = last;
    RemovalTimes.Builder removed = new RemovalTimes.Builder();
    RemovalTimes.Builder added = new RemovalTimes.Builder();
    List<FileInfo> commits =
        entries.stream().filter(entry -> COMMIT.matcher(entry.name()).matches()).toList();
    List<FileInfo> wanted =
        commits.stream().filter(entry -> entry.modifiedMillis() >= from).toList();
    for (int first = 0, end; first < wanted.size(); first = end) {
      end = endOfPart(wanted, first);
      List<FileInfo> part = wanted.subList(first, end);
      List<ByteBuffer> contents = Parallel.map(part, store.concurrency(), this::read);
      for (int i = 0; i < part.size(); i++) {
        FileInfo entry = part.get(i);
        boolean isJustAdded = entry.modifiedMillis() >= activeMillis;
        read(contents.get(i), entry, removed, isJustAdded ? added : null);
      }
      unkept += part.size();
    }
    if (!commits.isEmpty()) {
      read = commits.get(commits.size() - 1);
    }
    // Not before: a read that failed half way is done again.
    last = read;
    times = times.with(removed, from);
    readSince = Math.max(readSince, from);
    if (unkept >= WORTH_KEEPING && last != null) {
      keep();
    }
    RemovalTimes justAdded = RemovalTimes.NONE.with(added, millis);
    return readSince > millis
        ? Optional.empty()
        : Optional.of(
            location -> {
              String inTable = inTable(location);
              return times.contains(inTable, millis) || justAdded.contains(inTable, millis);
            });
  }

  /**
   * The entry that was read last, and those after it; none where it is not there. Another entry
   * under that name is another table's, made anew; then all of it is unknown.
   */
  private List<FileInfo> sinceLast() throws IOException {
    List<FileInfo> entries = last == null ? List.of() : LogListing.from(store, last.location());
    return entries.isEmpty() || !entries.get(0).equals(last) ? List.of() : entries;
  }

  /**
   * Keeps what the log tells, for processes that find it cut short.
   *
   * @param millis since when it is wanted
   */
  void keepSince(long millis) throws IOException {
    since(millis, Long.MAX_VALUE);
    if (last != null) {
      keep();
    }
  }

  /** End of the entries that are read together with the first: as many as fit, one at least. */
  private static int endOfPart(List<FileInfo> entries, int first) {
    long bytes = entries.get(first).size();
    int end = first + 1;
    while (end < entries.size() && bytes + entries.get(end).size() <= PART_BYTES) {
      bytes += entries.get(end++).size();
    }
    return end;
  }

  /** All entries, where none of those read before counts. */
  private List<FileInfo> begin(long from) throws IOException {
    List<FileInfo> entries =
        LogListing.from(store, names.log() + "/0").stream()
            .filter(entry -> COMMIT.matcher(entry.name()).matches())
            .toList();
    times = RemovalTimes.NONE;
    last = null;
    if (entries.isEmpty()) {
      readSince = Long.MAX_VALUE;
    } else if (entries.get(0).name().startsWith("0".repeat(20))) {
      readSince = from;
    } else {
      // Whatever follows the first entry is known, from now on.
      readSince = Math.max(from, entries.get(0).modifiedMillis() + 1);
    }
    return entries;
  }

  private String inTable(String location) {
    String table = names.table() + "/";
    return location.startsWith(table) ? location.substring(table.length()) : location;
  }

  private void read(
      ByteBuffer content, FileInfo entry, RemovalTimes.Builder removed, RemovalTimes.Builder added)
      throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new ByteArrayInputStream(content.array()), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      boolean removes = line.contains("\"remove\"") || line.contains("\"cdc\"");
      if (removes || added != null) {
        JsonNode action = JSON.readTree(line);
        add(action.path("remove"), entry, removed);
        add(action.path("cdc"), entry, removed);
        if (added != null) {
          add(action.path("add"), entry, added);
        }
      }
    }
  }

  private ByteBuffer read(FileInfo file) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
    try (FileInput input = store.open(file.location(), file.size())) {
      input.readFully(0, content);
    }
    content.flip();
    return content;
  }

  private void add(JsonNode file, FileInfo entry, RemovalTimes.Builder to) {
    if (!file.isObject()) {
      return;
    }
    to.add(inTable(names.data(file.path("path").asText())), entry.modifiedMillis());
    JsonNode vector = file.path("deletionVector");
    if (vector.isObject()) {
      names
          .vector(vector.path("storageType").asText(), vector.path("pathOrInlineDv").asText())
          .ifPresent(location -> to.add(inTable(location), entry.modifiedMillis()));
    }
  }

  private void load() throws IOException {
    Optional<FileInfo> kept = store.stat(names.log() + FILE);
    if (kept.isEmpty()) {
      return;
    }
    try {
      ByteBuffer content = read(kept.get());
      Optional<RemovalTimes> read = RemovalTimes.read(content);
      if (read.isPresent()) {
        long version = content.getLong();
        last =
            new FileInfo(
                names.log() + "/%020d.json".formatted(version),
                content.getLong(),
                content.getLong());
        readSince = content.getLong();
        times = read.get();
      }
    } catch (FileNotFoundException e) {
      LOG.debug("{}: another process is replacing what was kept", names.table());
    }
  }

  /** What another process keeps at the same time is as good. */
  private void keep() throws IOException {
    long version = Long.parseLong(last.name().substring(0, last.name().indexOf('.')));
    try (FileOutput output = store.create(names.log() + FILE)) {
      output.write(times.bytes(version, last.size(), last.modifiedMillis(), readSince));
      output.complete();
    }
    unkept = 0;
  }
}
