// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LogFilesTest {

  @Test
  void allEntriesAreNeededWhereThereIsNoCheckpoint() {
    assertEquals(List.of(entry(2), entry(1), entry(0)), needed(entry(0), entry(1), entry(2)));
  }

  @Test
  void entriesBelowTheNewestCheckpointAreNot() {
    assertEquals(
        List.of(entry(5), entry(4), name(4, "checkpoint.parquet")),
        needed(
            name(2, "checkpoint.parquet"),
            entry(2),
            entry(3),
            name(4, "checkpoint.parquet"),
            entry(4),
            entry(5)));
  }

  @Test
  void allPartsOfACheckpointAre() {
    String first = name(4, "checkpoint.0000000001.0000000002.parquet");
    String second = name(4, "checkpoint.0000000002.0000000002.parquet");
    assertEquals(List.of(entry(4), second, first), needed(entry(3), first, second, entry(4)));
    String manifest = name(4, "checkpoint.3a0d65cd-4056-49b8-937b-95f9e3ee90e5.json");
    assertEquals(List.of(entry(4), manifest), needed(entry(3), manifest, entry(4)));
  }

  @Test
  void ofChecksumsTheNewestIs() {
    assertEquals(
        List.of(entry(2), entry(1), name(1, "crc"), entry(0)),
        needed(name(0, "crc"), entry(0), name(1, "crc"), entry(1), entry(2)));
  }

  @Test
  void otherFilesAreNot() {
    assertEquals(
        List.of(),
        needed(
            ".%020d.json.crc".formatted(0),
            "_last_checkpoint",
            "_lakehousecdc_removed",
            "%020d.%020d.compacted.json".formatted(0, 3),
            "0.json"));
    assertEquals(List.of(), LogFiles.needed(List.of(new FileInfo("/t/" + entry(0), 1, 1))));
  }

  private static List<String> needed(String... listed) {
    return LogFiles.needed(
            Stream.of(listed).map(name -> new FileInfo("/t/_delta_log/" + name, 1, 1)).toList())
        .stream()
        .map(FileInfo::name)
        .toList();
  }

  private static String entry(int version) {
    return name(version, "json");
  }

  private static String name(int version, String kind) {
    return "%020d.%s".formatted(version, kind);
  }
}
