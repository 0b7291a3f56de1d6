// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.delta.ForwardingFileIO;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.UnmaintainedItems;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogSuccessorsTest {
  private final FileIO local = new LocalFileIO();
  private DeltaTable table;
  private TableVersion known;

  @TempDir Path root;

  @BeforeEach
  void create() {
    table = UnmaintainedItems.open(local, root);
    commit(1);
    TableVersion latest = log(local).latest().orElseThrow();
    known = latest.knowing(1, 1, latest.domains());
  }

  @AfterEach
  void close() {
    table.close();
  }

  @Test
  void newestHasNoSuccessor() {
    assertEquals(Optional.empty(), log(local).later(known));
  }

  @Test
  void commitsOfThisSinkAreFollowedOneByOne() throws CommitConflictException {
    commit(1);
    commit(2);
    TableVersion first = log(local).later(known).orElseThrow();
    assertEquals(known.number() + 1, first.number());
    requireNewest(log(local).later(first).orElseThrow());
  }

  @Test
  void commitsInARemoteStoreAreFollowedTogether() throws CommitConflictException {
    FileIO remote =
        new ForwardingFileIO(local) {
          @Override
          public boolean isRemote() {
            return true;
          }
        };
    for (int i = 0; i < 4; i++) {
      commit(i);
    }
    requireNewest(log(remote).later(known).orElseThrow());
  }

  @Test
  void domainThatWasRemovedIsGone() throws CommitConflictException {
    TableVersion with = log(local).commit(known, domain(Optional.of("there")));
    log(local).commit(with, domain(Optional.empty()));
    TableVersion first = log(local).later(known).orElseThrow();
    assertEquals("there", first.domains().get("test"));
    requireNewest(log(local).later(first).orElseThrow());
  }

  /** Beside what others do, what this sink commits with new columns is left to other readers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'commitInfo':{'engineInfo':'Apache-Spark/4','operation':'WRITE','txnId':'a'}}",
        "{'commitInfo':{'engineInfo':'Kernel-4/connect-lakehouse','txnId':'a'}}\n{'metaData':{}}",
        "{'commitInfo':{'engineInfo':'Kernel-4/connect-lakehouse','txnId':'a'}}\n{'protocol':{}}",
        "{'commitInfo':{'engineInfo':'Kernel-4/connect-lakehouse'}}",
        "{'domainMetadata':{'domain':'test','configuration':'x','removed':false}}",
        "{'commitInfo':{'engineInfo':'Kernel-4/connect-lakehouse','txnId':'a'}}\n{'add':",
        ""
      })
  void othersAreNotFollowed(String entry) throws IOException {
    Files.writeString(
        Path.of(
            UnmaintainedItems.location(root),
            "_delta_log",
            "%020d.json".formatted(known.number() + 1)),
        entry.replace('\'', '"'));
    assertEquals(Optional.empty(), log(local).later(known));
  }

  @Test
  void entriesOfATableThatWasMadeAnewAreNotFollowed() throws IOException {
    table.close();
    Path log = Path.of(UnmaintainedItems.location(root), "_delta_log");
    try (Stream<Path> entries = Files.list(log)) {
      for (Path entry : entries.toList()) {
        Files.delete(entry);
      }
    }
    TableVersion old = known;
    create();
    commit(2);
    assertTrue(log(local).latest().orElseThrow().number() > old.number());
    assertEquals(Optional.empty(), log(local).later(old));
  }

  /** It tells what a reader of the whole log tells, and can be committed on. */
  private void requireNewest(TableVersion found) throws CommitConflictException {
    TableVersion read = log(local).latest().orElseThrow();
    assertTrue(found.isSame(read));
    assertEquals(read.domains(), found.domains());
    assertEquals(paths(read), paths(found));
    assertThrows(
        CommitConflictException.class, () -> log(local).commit(known, domain(Optional.of("x"))));
    log(local).commit(found, domain(Optional.of("on top")));
    TableVersion after = log(local).latest().orElseThrow();
    assertEquals(found.number() + 1, after.number());
    assertEquals("on top", after.domains().get("test"));
    assertEquals(paths(read), paths(after));
  }

  private static List<String> paths(TableVersion version) {
    List<String> paths = new ArrayList<>();
    version.files(file -> paths.add(file.path()));
    return paths.stream().sorted().toList();
  }

  private static NewCommit domain(Optional<String> value) {
    return NewCommit.ofDomains(Map.of("test", value));
  }

  private void commit(int id) {
    table.commit(
        Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(id + 1, id, "a", "n", 1L).build(),
        Histories.NONE,
        domains ->
            Optional.of(new CommitExtras(Map.of("lsn", Optional.of("" + id)), Optional.empty())));
  }

  private TableLog log(FileIO store) {
    return new TableLog(store, UnmaintainedItems.location(root));
  }
}
