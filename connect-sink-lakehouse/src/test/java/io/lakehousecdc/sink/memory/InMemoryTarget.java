// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.memory;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.OutdatedHistoriesException;
import io.lakehousecdc.sink.memory.MemoryWarehouse.Contents;
import io.lakehousecdc.sink.memory.MemoryWarehouse.Owned;
import io.lakehousecdc.sink.schema.IncompatibleColumnException;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.SchemaPlanner;
import io.lakehousecdc.sink.spi.CarriedOver;
import io.lakehousecdc.sink.spi.ColumnChanges;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.StatusWrites;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** A target on a {@link MemoryWarehouse}: atomic, fenced, and as simple as the contract allows. */
public final class InMemoryTarget implements Target {
  private static final SchemaPlanner PLANNER =
      new SchemaPlanner((incoming, stored) -> incoming == Primitive.UNTYPED);

  private final MemoryWarehouse warehouse;
  private final TableOptions options;
  private final String connector;
  private CommitId lastCommit;
  private CommitReceipt lastReceipt;

  public InMemoryTarget(MemoryWarehouse warehouse, TableOptions options, TargetContext context) {
    this.warehouse = warehouse;
    this.options = options;
    this.connector = context.connector();
  }

  @Override
  public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
    Contents contents = warehouse.contents();
    Map<SourcePartition, LoadedPartition> loaded = new HashMap<>();
    for (SourcePartition partition : partitions) {
      PartitionState state = contents.states().get(new Owned(connector, partition));
      if (state != null) {
        loaded.put(partition, new LoadedPartition(state, Map.of()));
      }
    }
    return loaded;
  }

  @Override
  public Histories histories() {
    Contents contents = warehouse.contents();
    Histories stored = contents.histories().get(connector);
    return stored == null ? CarriedOver.histories(contents.statesOf(connector)) : stored;
  }

  @Override
  public CommitReceipt commit(Commit commit) {
    warehouse.beforeCommit().accept(commit);
    synchronized (warehouse) {
      if (!commit.id().equals(lastCommit)) {
        Contents next = warehouse.contents().copy();
        CommitReceipt receipt = apply(commit, next);
        lastReceipt = commit.status().isEmpty() ? receipt : receipt.withStatusWritten();
        lastCommit = commit.id();
        warehouse.replace(next);
        warehouse.report(connector, receipt.addedTo(commit.status()));
      }
    }
    warehouse.afterCommit().accept(commit);
    return lastReceipt;
  }

  @Override
  public StatusWrites statusWrites() {
    return StatusWrites.WITH_COMMITS;
  }

  @Override
  public void report(List<TableStatus> status) {
    warehouse.report(connector, status);
  }

  @Override
  public Set<PendingSweep> pendingSweeps(Set<String> topics) {
    return warehouse.contents().sweeps().getOrDefault(connector, Set.of()).stream()
        .filter(sweep -> topics.contains(sweep.topic()))
        .collect(Collectors.toSet());
  }

  @Override
  public void rehearse(Commit commit) {
    apply(commit, warehouse.contents().copy());
  }

  @Override
  public void alterOffsets(Map<SourcePartition, Long> offsets) {
    synchronized (warehouse) {
      Contents next = warehouse.contents().copy();
      offsets.forEach(
          (partition, offset) -> {
            Owned owned = new Owned(connector, partition);
            PartitionState old =
                warehouse.contents().states().getOrDefault(owned, PartitionState.FRESH);
            next.states().put(owned, offset == null ? PartitionState.FRESH : old.movedTo(offset));
          });
      warehouse.replace(next);
    }
  }

  @Override
  public Map<String, LongSupplier> gauges() {
    return Map.of();
  }

  @Override
  public void close() {}

  private CommitReceipt apply(Commit commit, Contents contents) {
    Histories stored = contents.histories().getOrDefault(connector, Histories.NONE);
    if (!commit.histories().include(stored)) {
      throw new OutdatedHistoriesException(
          "Histories " + stored + " are stored, known are " + commit.histories());
    }
    contents.histories().put(connector, commit.histories().union(stored));
    for (PartitionAdvance advance : commit.advances()) {
      Owned owned = new Owned(connector, advance.partition());
      PartitionState held = contents.states().get(owned);
      long heldOffset = held == null ? 0 : held.nextOffset();
      long expected = advance.previous().map(PartitionState::nextOffset).orElse(0L);
      if (heldOffset != expected) {
        throw new FencedException(
            advance.partition() + ": expected offset " + expected + ", found " + heldOffset);
      }
      contents.states().put(owned, advance.next());
    }
    CommitReceipt receipt = CommitReceipt.NOTHING;
    for (TableBatch batch : commit.batches()) {
      ColumnChanges columns = ColumnChanges.of(contents.columnsOf(batch.table()), batch, options);
      MemoryTable table = prepared(batch.table(), columns, contents);
      boolean completed =
          batch
              .sweep()
              .map(sweep -> contents.ask(connector, batch.table(), sweep, commit.histories()))
              .orElse(false);
      receipt =
          receipt.plus(
              write(table, columns.batch(), commit.histories(), completed).of(batch.table()));
    }
    commit
        .deadLetters()
        .forEach(letter -> contents.deadLetters().put(letter.recordOffset(), letter));
    return receipt;
  }

  private CommitReceipt write(
      MemoryTable table, TableBatch batch, Histories known, boolean completed) {
    return options.history().isPresent()
        ? new MemoryVersionWriter(table, batch, options, known).write(completed)
        : new MemoryWriter(table, batch, options, known).write(completed);
  }

  private MemoryTable prepared(TableId id, ColumnChanges columns, Contents contents) {
    RowSchema schema = columns.batch().schema();
    MemoryTable table = contents.tables().get(id);
    if (table != null) {
      columns.steps().forEach(table::apply);
    }
    table = withColumns(id, schema, contents);
    table.history(columns.history());
    return table;
  }

  private MemoryTable withColumns(TableId id, RowSchema schema, Contents contents) {
    MemoryTable table = contents.tables().get(id);
    if (table == null) {
      requireEvolution(id, List.of("create table"));
      table = new MemoryTable(schema);
      contents.tables().put(id, table);
      return table;
    }
    List<SchemaChange> changes;
    try {
      changes = PLANNER.plan(schema, table.columns());
    } catch (IncompatibleColumnException e) {
      throw new FatalException("Table " + id + ": " + e.getMessage(), e);
    }
    if (!changes.isEmpty()) {
      requireEvolution(id, changes);
      changes.forEach(table::apply);
    }
    return table;
  }

  private void requireEvolution(TableId id, List<?> changes) {
    if (options.evolution() == Evolution.NONE) {
      throw new FatalException(
          "Table " + id + " needs " + changes + ", but schema.evolution is none.");
    }
  }
}
