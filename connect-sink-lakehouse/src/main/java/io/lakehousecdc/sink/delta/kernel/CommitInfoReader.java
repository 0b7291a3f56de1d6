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
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The reader of what commits say of themselves. Kernel hands the operation's parameters out as
 * strings only where they are written as strings, which Spark's are not.
 */
final class CommitInfoReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileIO store;
  private final String engine;

  /**
   * @param engine how this sink names itself to Kernel, which puts its own name before it
   */
  CommitInfoReader(FileIO store, String engine) {
    this.store = store;
    this.engine = engine;
  }

  /** What the commit in a log file says; empty where there is no such file. */
  Optional<CommitInfo> read(String location) throws IOException {
    String text;
    try (FileInput input = store.open(location)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(input.length()));
      input.readFully(0, bytes);
      text = new String(bytes.array(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
    for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
      String line = lines.next();
      if (line.startsWith("{\"commitInfo\"")) {
        return Optional.of(parse(JSON.readTree(line).path("commitInfo")));
      }
    }
    return Optional.of(new CommitInfo.Foreign());
  }

  private CommitInfo parse(JsonNode info) {
    if (info.path("engineInfo").asText("").endsWith("/" + engine)) {
      return new CommitInfo.Own();
    }
    if (!info.path("operation").asText("").equals("RESTORE")) {
      return new CommitInfo.Foreign();
    }
    JsonNode version = info.path("operationParameters").path("version");
    return new CommitInfo.Restore(
        version.isMissingNode() || version.isNull()
            ? OptionalLong.empty()
            : OptionalLong.of(version.asLong()));
  }
}
