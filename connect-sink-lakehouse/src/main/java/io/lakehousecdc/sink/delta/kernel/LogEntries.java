// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.utils.FileStatus;
import io.lakehousecdc.sink.delta.storage.FileIO;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The entries of one table's log, one for each commit. Stateless and thread-safe. */
final class LogEntries {
  private final FileIO store;
  private final String location;
  private final CommitInfoReader reader;
  private final LogFailures failures;

  /**
   * @param location location of the table
   */
  LogEntries(FileIO store, String location, LogFailures failures) {
    this.store = store;
    this.location = location;
    this.reader = new CommitInfoReader(store, LogTransactions.ENGINE);
    this.failures = failures;
  }

  /** Whether the log has the entry of a version. */
  boolean has(long version) {
    try {
      return store.exists(file(version));
    } catch (IOException e) {
      throw failures.ofStore("look at", e);
    }
  }

  /** Whether the log has the entry of a version, and not another one in its place. */
  boolean has(TableVersion version) {
    FileStatus entry = version.entryFile();
    try {
      return reader
          .identityNow(entry.getPath(), entry.getSize())
          .filter(version.entry()::equals)
          .isPresent();
    } catch (IOException e) {
      throw failures.ofStore("read the log of", e);
    }
  }

  /** What tells the entry of a version from every other; empty where the log does not have it. */
  Optional<String> identity(long version) {
    try {
      return reader.identity(file(version));
    } catch (IOException e) {
      throw failures.ofStore("read the log of", e);
    }
  }

  /**
   * What tells an entry from every other, as a reader of the listing that shows it finds it: of the
   * table that this reader takes it for, even where another was made in its place since.
   */
  Optional<String> identityAsListed(FileStatus entry) {
    try {
      return reader.identityAsListed(entry.getPath(), entry.getSize());
    } catch (IOException e) {
      throw failures.ofStore("read the log of", e);
    }
  }

  /** Who made the commit of a version; empty where the log does not have it. */
  Optional<CommitInfo> commitInfo(long version) {
    try {
      return reader.read(file(version));
    } catch (IOException e) {
      throw failures.ofStore("read the log of", e);
    }
  }

  /** The actions of a version, one in each line; empty where the log does not have its entry. */
  Optional<String> text(long version) {
    try {
      return reader.text(file(version));
    } catch (IOException e) {
      throw failures.ofStore("read the log of", e);
    }
  }

  /** What a {@code commitInfo} action says. */
  CommitInfo commitInfo(JsonNode action) {
    return reader.parse(action);
  }

  /** The file of an entry, as a listing made now would show it. */
  FileStatus status(long version, String text) {
    return FileStatus.of(
        file(version), text.getBytes(StandardCharsets.UTF_8).length, System.currentTimeMillis());
  }

  private String file(long version) {
    return location + "/_delta_log/" + String.format("%020d", version) + ".json";
  }
}
