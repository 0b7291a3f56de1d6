// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
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
 * Encodes the rows of the batches that come next while the database works on the one before. What
 * was encoded is used where the batch is written by the very plan it was encoded for, else it is
 * encoded anew. Values which do not fit are left to the writer to report. Thread-safe.
 */
public final class EncodeAhead implements AutoCloseable {
  private final ExecutorService thread;
  private final Map<PlanKey, DirectInsert> plans = new ConcurrentHashMap<>();
  private final List<Ahead> kept = new ArrayList<>();
  private long commits;

  private record PlanKey(TableId table, RowSchema schema) {}

  private record Ahead(
      long commit,
      DirectInsert newRows,
      List<RowChange> changes,
      Future<Optional<EncodedRows>> rows) {}

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
  void plan(DirectInsert rows) {
    if (plans.size() >= 1_000) {
      plans.clear();
    }
    plans.put(new PlanKey(rows.plan().table().id(), rows.plan().schema()), rows);
  }

  /**
   * Begins to encode the batches of the next commit, as far as it is known how their rows are
   * written. What is left of the commit before the present one is forgotten.
   *
   * @param stored the table that a batch's is stored as
   */
  public synchronized void begin(List<TableBatch> next, UnaryOperator<TableId> stored) {
    commits++;
    kept.removeIf(ahead -> ahead.commit() < commits - 1 && cancelled(ahead));
    for (TableBatch batch : next) {
      DirectInsert rows = plans.get(new PlanKey(stored.apply(batch.table()), batch.schema()));
      if (rows != null && !batch.changes().isEmpty()) {
        List<RowChange> changes = batch.changes();
        kept.add(
            new Ahead(commits, rows, changes, thread.submit(() -> EncodedRows.of(rows, changes))));
      }
    }
  }

  private static boolean cancelled(Ahead ahead) {
    ahead.rows().cancel(false);
    return true;
  }

  /**
   * The encoded rows of a batch, waited for where they are on their way, and encoded here where
   * they were not begun as they are written now; empty where {@link EncodedRows#of} gives none.
   */
  @SuppressWarnings("ReferenceEquality") // Compiled once per state of a table.
  Optional<EncodedRows> take(TableBatch batch, DirectInsert newRows) {
    Optional<Ahead> ahead = remove(batch).filter(begun -> begun.newRows() == newRows);
    if (ahead.isEmpty()) {
      return EncodedRows.of(newRows, batch.changes());
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

  @Override
  public void close() {
    thread.shutdownNow();
  }

  @SuppressWarnings("ReferenceEquality") // The very list: an equal one would take long to tell.
  private synchronized Optional<Ahead> remove(TableBatch batch) {
    for (Ahead ahead : kept) {
      if (ahead.changes() == batch.changes()) {
        kept.remove(ahead);
        return Optional.of(ahead);
      }
    }
    return Optional.empty();
  }
}
