// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogEntriesTest {
  @TempDir Path table;

  @Test
  void entryIsToldByItsTransaction() throws IOException {
    write("{\"commitInfo\":{\"timestamp\":1,\"txnId\":\"a-1\"}}\n{\"add\":{}}\n");
    assertEquals(Optional.of("a-1"), entries().identity(0));
  }

  @Test
  void entryWithoutTransactionIsToldByItsFirstLine() throws IOException {
    write("{\"commitInfo\":{\"timestamp\":1}}\n{\"add\":{}}\n");
    Optional<String> first = entries().identity(0);
    write("{\"commitInfo\":{\"timestamp\":2}}\n{\"add\":{}}\n");
    assertNotEquals(first, entries().identity(0));
  }

  @Test
  void firstLineMayBeLong() throws IOException {
    for (int size : new int[] {1, 900, 1_100, 5_000, 70_000}) {
      String filler = "x".repeat(size);
      write("{\"commitInfo\":{\"note\":\"" + filler + "\",\"txnId\":\"a-2\"}}\n{\"add\":{}}");
      assertEquals(Optional.of("a-2"), entries().identity(0));
      write("{\"protocol\":{\"note\":\"" + filler + "\"}}");
      assertEquals(
          Optional.of("{\"protocol\":{\"note\":\"" + filler + "\"}}"), entries().identity(0));
    }
  }

  @Test
  void missingEntryHasNone() {
    assertEquals(Optional.empty(), entries().identity(0));
  }

  private LogEntries entries() {
    return new LogEntries(new LocalFileIO(), table.toString(), new LogFailures("t"));
  }

  private void write(String content) throws IOException {
    Path log = Files.createDirectories(table.resolve("_delta_log"));
    Files.writeString(log.resolve("%020d.json".formatted(0)), content);
  }
}
