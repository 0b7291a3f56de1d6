// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The reader of what commits say of themselves. Kernel hands the operation's parameters out as
 * strings only where they are written as strings, which Spark's are not.
 */
final class CommitInfoReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FIRST_READ = 1024;
  private static final Set<String> ALL_ROWS = Set.of("", "[]", "[\"true\"]", "true");

  private final FileIO store;
  private final String engine;

  /**
   * @param engine how this sink names itself to Kernel, which puts its own name before it
   */
  CommitInfoReader(FileIO store, String engine) {
    this.store = store;
    this.engine = engine;
  }

  /** All of a log file; empty where there is none. */
  Optional<String> text(String location) throws IOException {
    try (FileInput input = store.open(location)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(input.length()));
      input.readFully(0, bytes);
      return Optional.of(new String(bytes.array(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** What the commit in a log file says; empty where there is no such file. */
  Optional<CommitInfo> read(String location) throws IOException {
    Optional<String> text = text(location);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    for (Iterator<String> lines = text.get().lines().iterator(); lines.hasNext(); ) {
      String line = lines.next();
      if (line.startsWith("{\"commitInfo\"")) {
        return Optional.of(parse(JSON.readTree(line).path("commitInfo")));
      }
    }
    return Optional.of(new CommitInfo.Foreign());
  }

  /**
   * What tells the commit in a log file from every other, of this table and of one that was made
   * anew in its place: the identifier of its transaction, or all of its first line where the writer
   * gives none.
   *
   * @return empty where there is no such file
   */
  Optional<String> identity(String location) throws IOException {
    try (FileInput input = store.open(location)) {
      return Optional.of(identity(input));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * The same, by one request less where the file is the one that is expected there.
   *
   * @param size its length in bytes
   */
  Optional<String> identityNow(String location, long size) throws IOException {
    try (FileInput input = store.openForParts(location, size)) {
      return Optional.of(identity(input));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      // Another file may be there now, which is shorter.
      return identity(location);
    }
  }

  /**
   * The same of a log file that a listing shows, in the state in which the listing's other readers
   * find it.
   *
   * @param size length in bytes
   */
  Optional<String> identityAsListed(String location, long size) throws IOException {
    try (FileInput input = store.openListed(location, size)) {
      return Optional.of(identity(input));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private static String identity(FileInput input) throws IOException {
    String line = firstLine(input);
    JsonNode transaction = JSON.readTree(line).path("commitInfo").path("txnId");
    return transaction.isTextual() ? transaction.asText() : line;
  }

  private static String firstLine(FileInput input) throws IOException {
    byte[] bytes = new byte[0];
    int end = -1;
    for (int size = FIRST_READ; end < 0; size *= 4) {
      int read = bytes.length;
      bytes = Arrays.copyOf(bytes, (int) Math.min(size, input.length()));
      input.readFully(read, ByteBuffer.wrap(bytes, read, bytes.length - read));
      for (int i = read; i < bytes.length && end < 0; i++) {
        end = bytes[i] == '\n' ? i : -1;
      }
      if (bytes.length == input.length() && end < 0) {
        end = bytes.length;
      }
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  /** What a {@code commitInfo} action says. */
  CommitInfo parse(JsonNode info) {
    if (info.path("engineInfo").asText("").endsWith("/" + engine)) {
      return new CommitInfo.Own();
    }
    String operation = info.path("operation").asText("");
    JsonNode parameters = info.path("operationParameters");
    if (overwrites(operation, parameters)) {
      return new CommitInfo.Overwrite(operation);
    }
    if (!operation.equals("RESTORE")) {
      return new CommitInfo.Foreign();
    }
    JsonNode version = parameters.path("version");
    return new CommitInfo.Restore(
        version.isMissingNode() || version.isNull()
            ? OptionalLong.empty()
            : OptionalLong.of(version.asLong()));
  }

  /**
   * By the names that Spark gives to operations, which the other writers share. A DELETE has no
   * predicate, or one that is always true, where it is a TRUNCATE.
   */
  private static boolean overwrites(String operation, JsonNode parameters) {
    return switch (operation) {
      case "WRITE" -> parameters.path("mode").asText("").equalsIgnoreCase("Overwrite");
      case "STREAMING UPDATE" ->
          parameters.path("outputMode").asText("").equalsIgnoreCase("Complete");
      case "DELETE" -> ALL_ROWS.contains(parameters.path("predicate").asText(""));
      case "TRUNCATE", "CLONE" -> true;
      default -> operation.contains("REPLACE TABLE");
    };
  }
}
