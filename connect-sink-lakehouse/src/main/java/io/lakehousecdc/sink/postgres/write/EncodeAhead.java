// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.codec.SpareBuffer;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/**
 * A thread that encodes the rows of the next commits while the database works on the one before.
 * What it has encoded is found by commit and table, and used where the table's rows are still
 * written by the plan that it was encoded for. Values that do not fit are left to the writer to
 * report. Thread-safe.
 */
public final class EncodeAhead implements AutoCloseable {
  /** The commit that is being written, and the next. */
  private static final int KEPT_COMMITS = 2;

  private static final int KEPT_PLANS = 1_000;

  private final ExecutorService thread;
  private final SpareBuffer spare = new SpareBuffer();
  private final Map<PlanKey, RowLayouts> plans = new ConcurrentHashMap<>();
  private final Map<CommitId, Map<TableId, Begun>> begun = new LinkedHashMap<>();

  private record PlanKey(TableId table, RowSchema schema) {}

  /** Rows that are being encoded, or are ready; nothing where {@link EncodedRows#of} gives none. */
  private record Begun(TablePlan plan, Future<Optional<EncodedRows>> rows) {}

  /**
   * @param name of the thread
   */
  public EncodeAhead(String name) {
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
  }

  /** Remembers how a table's rows of one schema are written at present. */
  void plan(RowLayouts layouts) {
    if (plans.size() >= KEPT_PLANS) {
      plans.clear();
    }
    TablePlan plan = layouts.plan();
    plans.put(new PlanKey(plan.table().id(), plan.schema()), layouts);
  }

  /**
   * Begins to encode the batches of the next commit, as far as it is known how their rows are
   * written. What is left of the commit before the present one is forgotten.
   *
   * @param stored the table that a batch's is stored as
   */
  public synchronized void begin(Commit next, UnaryOperator<TableId> stored) {
    if (begun.containsKey(next.id())) {
      return;
    }
    Map<TableId, Begun> rows = new HashMap<>();
    for (TableBatch batch : next.batches()) {
      TableId table = stored.apply(batch.table());
      RowLayouts layouts = plans.get(new PlanKey(table, batch.schema()));
      if (layouts != null && !batch.changes().isEmpty()) {
        List<RowChange> changes = batch.changes();
        rows.put(table, new Begun(layouts.plan(), thread.submit(() -> encoded(layouts, changes))));
      }
    }
    begun.put(next.id(), rows);
    forgetAllBut(KEPT_COMMITS);
  }

  private void forgetAllBut(int commits) {
    Iterator<Map<TableId, Begun>> oldest = begun.values().iterator();
    for (int i = begun.size(); i > commits; i--) {
      oldest.next().values().forEach(each -> each.rows().cancel(false));
      oldest.remove();
    }
  }

  /**
   * The encoded rows of the batch that the commit holds for a table, waited for where they are on
   * their way, and encoded here where that was not begun, or for another plan; empty where {@link
   * EncodedRows#of} gives none. To be asked for a batch that is written as it was handed over: of
   * one that was changed since, this knows rows of before.
   *
   * @param batch the batch, its table as stored
   */
  Optional<EncodedRows> take(CommitId commit, TableBatch batch, RowLayouts layouts) {
    Optional<Begun> ahead = remove(commit, batch.table());
    if (ahead.isEmpty() || !ahead.get().plan().equals(layouts.plan())) {
      return encoded(layouts, batch.changes());
    }
    try {
      return ahead.get().rows().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Encoding failed: " + e.getCause(), e.getCause());
    }
  }

  /** Rows that are encoded now, by the caller's thread; see {@link EncodedRows#of}. */
  Optional<EncodedRows> encoded(RowLayouts layouts, List<RowChange> changes) {
    return EncodedRows.of(layouts, changes, spare);
  }

  private synchronized Optional<Begun> remove(CommitId commit, TableId table) {
    return Optional.ofNullable(begun.get(commit)).map(rows -> rows.remove(table));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
