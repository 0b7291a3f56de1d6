// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.store.Bookkeeping;
import io.lakehousecdc.sink.postgres.write.EncodeAhead;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A warehouse in PostgreSQL. A commit is one transaction over all its tables, the offsets and the
 * dead letters. A lost connection is opened anew by the next call.
 */
final class PostgresTarget implements Target {
  private final PostgresSettings settings;
  private final Bookkeeping bookkeeping;
  private final EncodeAhead ahead;
  private final TargetSession session;
  private final CommitRunner commits;
  private final Map<String, LongSupplier> gauges;

  /**
   * Connects, and creates the sink's own tables where they are missing.
   *
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be opened
   */
  PostgresTarget(PostgresSettings settings, TargetContext context) {
    this.settings = settings;
    this.bookkeeping = Bookkeeping.of(settings, context.connector());
    this.ahead = new EncodeAhead("lakehouse-encoder-" + context.connector() + "-" + context.task());
    this.session = new TargetSession(settings, bookkeeping, ahead, context.tasks());
    this.commits = new CommitRunner(session, settings, bookkeeping);
    Map<String, LongSupplier> figures = new HashMap<>(session.gauges());
    figures.put("postgres-swapped-batches", commits::replacements);
    this.gauges = Map.copyOf(figures);
    session.run("Connecting to PostgreSQL", (connected, tables) -> null);
  }

  @Override
  public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
    Map<SourcePartition, PartitionState> states =
        session.run(
            "Reading offsets", (connected, tables) -> states(connected.connection(), partitions));
    Map<String, Integer> epochs = epochs(states);
    Map<SourcePartition, LoadedPartition> loaded = new HashMap<>();
    for (SourcePartition partition : partitions) {
      PartitionState state = states.get(partition);
      Integer epoch = epochs.get(partition.topic());
      if (state == null && epoch != null) {
        state = PartitionState.fresh(epoch);
      }
      if (state != null) {
        loaded.put(partition, new LoadedPartition(state, Map.of()));
      }
    }
    return loaded;
  }

  @Override
  public CommitReceipt commit(Commit commit) {
    return commits.commit(commit);
  }

  @Override
  public Set<PendingSweep> pendingSweeps(Set<String> topics) {
    return session.run(
        "Reading sweeps that wait",
        (connected, tables) -> bookkeeping.sweeps().pending(connected.connection(), topics));
  }

  @Override
  public void prepare(Commit next) {
    if (settings.tables().writeMode() == WriteMode.UPSERT) {
      ahead.begin(next, settings::resolved);
    }
  }

  @Override
  public void rehearse(Commit commit) {
    commits.rehearse(commit);
  }

  @Override
  public void alterOffsets(Map<SourcePartition, Long> altered) {
    session.run(
        "Altering offsets",
        (connected, tables) -> {
          Map<String, Integer> epochs = epochs(states(connected.connection(), altered.keySet()));
          bookkeeping.offsets().alter(connected.connection(), altered, epochs);
          return null;
        });
  }

  /** Stored states of all partitions of the topics that the given ones belong to. */
  private Map<SourcePartition, PartitionState> states(
      Connection connection, Set<SourcePartition> partitions) throws SQLException {
    Set<String> topics =
        partitions.stream().map(SourcePartition::topic).collect(Collectors.toSet());
    return bookkeeping.offsets().states(connection, topics);
  }

  /** Greatest epoch of each topic. */
  private static Map<String, Integer> epochs(Map<SourcePartition, PartitionState> states) {
    Map<String, Integer> epochs = new HashMap<>();
    states.forEach(
        (partition, state) ->
            epochs.merge(partition.topic(), state.highWater().epoch(), Math::max));
    return epochs;
  }

  @Override
  public Map<String, LongSupplier> gauges() {
    return gauges;
  }

  @Override
  public void close() {
    ahead.close();
    session.close();
  }
}
