// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructType;
import io.lakehousecdc.sink.delta.ForwardingFileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.FatalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Test of a log that is listed while others write to it. */
class LogListingTest {
  private static final String MISSED = "00000000000000000002.json";
  private static final int LAST = 3;

  @TempDir Path table;

  private final HastyStore store = new HastyStore();
  private TableLog log;
  private TableVersion first;

  @BeforeEach
  void create() throws CommitConflictException {
    log = new TableLog(store, table.resolve("orders").toString());
    first =
        log.definition()
            .create(
                new StructType().add("id", LongType.LONG),
                Map.of("delta.feature.domainMetadata", "supported"),
                List.of());
    TableVersion version = first;
    while (version.number() < LAST) {
      String text = Long.toString(version.number());
      version = log.commit(version, NewCommit.ofDomains(Map.of("test", Optional.of(text))));
    }
  }

  @Test
  void entryThatAListingHasMissedIsRead() {
    store.misses = true;

    assertEquals(LAST, log.latest().orElseThrow().number());
  }

  @Test
  void changesOfAnEntryThatAListingHasMissedAreRead() {
    TableVersion last = log.latest().orElseThrow();
    store.misses = true;

    assertTrue(log.changes(first, last).isPresent());
  }

  @Test
  void entryThatIsNotThereIsLost() throws IOException {
    Files.delete(table.resolve("orders").resolve("_delta_log").resolve(MISSED));

    FatalException failure = assertThrows(FatalException.class, log::latest);

    assertTrue(failure.getMessage().contains("not contiguous"), failure::getMessage);
  }

  /** A store whose listings miss an entry of the log. */
  private static final class HastyStore extends ForwardingFileIO {
    private boolean misses;

    HastyStore() {
      super(new LocalFileIO());
    }

    @Override
    public List<FileInfo> listFrom(String location) throws IOException {
      return super.listFrom(location).stream()
          .filter(file -> !misses || !file.location().endsWith(MISSED))
          .toList();
    }
  }
}
