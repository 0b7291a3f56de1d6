// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.delta.ForwardingFileIO;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.CommitQueue;
import io.lakehousecdc.sink.delta.index.IndexBudget;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.KeySource;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The turns of two processes at a table, by a clock that moves when one of them waits. */
class CommitTurnsTest {
  private final LocalFileIO store = new LocalFileIO();
  private final Clock clock = new Clock();
  private Process slow;
  private Process busy;

  @TempDir Path root;

  private static final class Clock implements TurnClock {
    long nanos = Long.MAX_VALUE - 5;
    Runnable passing = () -> {};

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void pause(long millis) {
      nanos += TimeUnit.MILLISECONDS.toNanos(millis);
      passing.run();
    }
  }

  /** A process that commits nothing but domains. */
  private final class Process implements AutoCloseable {
    final TableLog log;
    final TableHead head;
    final CommitTurns turns;

    Process(FileIO store) {
      log = new TableLog(store, location());
      head =
          new TableHead(
              Warehouse.ITEMS,
              log,
              store,
              settings().newTables(),
              OnOverwrite.FAIL,
              new RowFiles(store, WriteOptions.DEFAULT),
              new DeletionVectors(store, location()),
              TableOptions.DEFAULT,
              new KeySource(settings().index().memory(new IndexBudget()), Optional.empty()));
      turns = new CommitTurns(log, head, clock);
    }

    void begin(int lost) throws IOException, CommitConflictException {
      head.refresh();
      turns.await(lost);
    }

    void end() throws CommitConflictException {
      Map<String, Optional<String>> domains = new HashMap<>(turns.passedOn());
      domains.put("test", Optional.of(String.valueOf(clock.nanos)));
      TableVersion now = log.commit(head.state().version(), NewCommit.ofDomains(domains));
      head.state().committed(now, List.of(), List.of(), domains);
    }

    void commit() throws IOException, CommitConflictException {
      begin(0);
      end();
    }

    @Override
    public void close() {
      head.forget();
    }
  }

  @BeforeEach
  void begin() {
    try (DeltaTable table = table()) {
      table.createIfAbsent(Warehouse.ITEM);
    }
    slow = new Process(store);
    busy = new Process(store);
  }

  @AfterEach
  void end() {
    slow.close();
    busy.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 600, 3_000})
  void commitHasItsTurnHoweverLongItTakes(int seconds) throws Exception {
    loseTwice(seconds);
    slow.begin(2);
    long[] end = {clock.nanos + TimeUnit.SECONDS.toNanos(seconds)};
    int[] lost = {2};
    boolean[] committed = new boolean[1];
    clock.passing =
        () -> {
          if (clock.nanos - end[0] < 0 || committed[0]) {
            return;
          }
          try {
            committed[0] = !comesSecond(slow);
            if (!committed[0]) {
              slow.begin(++lost[0]);
              end[0] = clock.nanos + TimeUnit.SECONDS.toNanos(seconds);
            }
          } catch (IOException | CommitConflictException e) {
            throw new AssertionError(e);
          }
        };
    busy.commit();
    assertTrue(committed[0]);
    // Once, to the other's taking a place in the queue.
    assertEquals(3, lost[0]);
    assertTrue(queue().isEmpty());
  }

  private static boolean comesSecond(Process process) {
    try {
      process.end();
      return false;
    } catch (CommitConflictException e) {
      return true;
    }
  }

  @Test
  void deadOwnerDelaysTheOthersOnce() throws Exception {
    loseTwice(600);
    slow.begin(2);
    long begin = clock.nanos;
    busy.commit();
    long waited = TimeUnit.NANOSECONDS.toSeconds(clock.nanos - begin);
    assertEquals(1_800, waited, 1);
    assertTrue(queue().isEmpty());
    busy.commit();
    assertEquals(waited, TimeUnit.NANOSECONDS.toSeconds(clock.nanos - begin));
  }

  /** The other commits each time that this one has looked at the newest version. */
  @Test
  void processWhoseRequestsComeSecondTriesAgainAtOnce() throws Exception {
    int[] races = {6};
    FileIO racing =
        new ForwardingFileIO(store) {
          @Override
          public List<FileInfo> listFrom(String location) throws IOException {
            assertTrue(races[0] == 6 || races[0] < 0, "it takes too long to list the log");
            return super.listFrom(location);
          }

          @Override
          public void putIfAbsent(String location, byte[] content) throws IOException {
            if (races[0]-- > 0) {
              try {
                busy.commit();
              } catch (CommitConflictException e) {
                throw new AssertionError(e);
              }
            }
            super.putIfAbsent(location, content);
          }
        };
    try (Process late = new Process(racing)) {
      late.begin(2);
      assertEquals(1, queue().size());
      late.end();
    }
    assertTrue(queue().isEmpty());
  }

  /** On top of it, the request would be taken for a commit that knew of it. */
  @Test
  void requestDoesNotHideAnOverwriteOfOthers() throws Exception {
    FileIO racing =
        new ForwardingFileIO(store) {
          @Override
          public void putIfAbsent(String location, byte[] content) throws IOException {
            String overwrite =
                "{\"commitInfo\":{\"operation\":\"WRITE\","
                    + "\"operationParameters\":{\"mode\":\"Overwrite\"}}}";
            Files.writeString(Path.of(location), overwrite);
            super.putIfAbsent(location, content);
          }
        };
    try (Process late = new Process(racing)) {
      assertThrows(CommitConflictException.class, () -> late.begin(2));
      assertTrue(queue().isEmpty());
    }
  }

  @Test
  void placeInTheQueueIsGivenUpWithTheCommit() throws Exception {
    int[] asked = {0};
    try (DeltaTable table = table()) {
      CommitReceipt receipt =
          table.commit(
              Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(1, 1, "a", "n", 1L).build(),
              Histories.NONE,
              domains -> {
                // The first plan, two attempts that come second, one in its turn.
                int time = ++asked[0];
                try {
                  if (time == 2 || time == 3) {
                    busy.commit();
                  }
                } catch (IOException | CommitConflictException e) {
                  throw new AssertionError(e);
                }
                if (time == 4) {
                  assertEquals(1, CommitQueue.of(domains).waiting().size());
                  return Optional.empty();
                }
                return Optional.of(new CommitExtras(Map.of(), Optional.empty()));
              });
      assertEquals(CommitReceipt.NOTHING, receipt);
    }
    assertEquals(4, asked[0]);
    assertTrue(queue().isEmpty());
  }

  /** Attempts that take so long, while the other commits. */
  private void loseTwice(int seconds) throws Exception {
    for (int lost = 0; lost < 2; lost++) {
      slow.begin(lost);
      clock.nanos += TimeUnit.SECONDS.toNanos(seconds);
      busy.commit();
      assertThrows(CommitConflictException.class, slow::end);
    }
  }

  private List<CommitQueue.Ticket> queue() {
    return CommitQueue.of(new TableLog(store, location()).latest().orElseThrow().domains())
        .waiting();
  }

  private String location() {
    return root.resolve("items").toString();
  }

  private DeltaTable table() {
    return new DeltaTable(
        Warehouse.ITEMS,
        location(),
        store,
        new RowFiles(store, WriteOptions.DEFAULT),
        settings(),
        TableOptions.DEFAULT);
  }

  private DeltaSettings settings() {
    return new DeltaSettings(
        root.toString(),
        true,
        Codec.ZSTD,
        Map.of(),
        PartitionBy.NOTHING,
        OnOverwrite.FAIL,
        new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty()));
  }
}
