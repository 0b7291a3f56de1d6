package io.lakehousecdc.sink.target.postgres;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Encodes the rows of the batches that come next while the database works on the one before. What
 * was encoded is used where the batch is written by the very plan it was encoded for, else it is
 * dropped: the writer then encodes by itself, and is the one that reports values which do not fit.
 * Thread-safe.
 */
final class EncodeAhead implements AutoCloseable {
  /** Batches whose encoded rows are kept: that of the next commit, of several tables. */
  private static final int MAX_KEPT = 8;

  /** A batch of more bytes is encoded and sent piece by piece instead. */
  private static final int MAX_BYTES = 32 << 20;

  private final ExecutorService thread;
  private final Map<PlanKey, TablePlan> plans = new ConcurrentHashMap<>();
  private final ArrayDeque<Ahead> kept = new ArrayDeque<>();

  private record PlanKey(TableId table, RowSchema schema) {}

  private record Ahead(List<RowChange> changes, Future<Optional<EncodedRows>> rows) {}

  /**
   * The rows of a batch for a {@link StagingTable}.
   *
   * @param plan they are encoded for
   * @param bytes the rows, without the head and the end of a COPY
   * @param staged number of rows of each {@link Kind}
   * @param nulls columns declared NOT NULL that hold a NULL
   */
  record EncodedRows(TablePlan plan, CopyBuffer bytes, int[] staged, Set<PgColumn> nulls) {}

  /**
   * @param name of the thread
   */
  EncodeAhead(String name) {
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
  }

  /** Remembers how a table's rows of one schema are written at present. */
  void plan(TablePlan plan) {
    if (plans.size() >= 1_000) {
      plans.clear();
    }
    plans.put(new PlanKey(plan.table().id(), plan.schema()), plan);
  }

  /** Begins to encode a batch for a table, if it is known how its rows are written. */
  synchronized void begin(TableId table, TableBatch batch) {
    TablePlan plan = plans.get(new PlanKey(table, batch.schema()));
    if (plan == null || batch.changes().isEmpty()) {
      return;
    }
    if (kept.size() >= MAX_KEPT) {
      kept.remove().rows().cancel(false);
    }
    List<RowChange> changes = batch.changes();
    kept.add(new Ahead(changes, thread.submit(() -> encode(plan, changes))));
  }

  /**
   * The encoded rows of a batch, waited for where they are on their way; empty where there are none
   * for this plan. Given out once.
   */
  @SuppressWarnings("ReferenceEquality") // Compiled once per state of a table.
  Optional<EncodedRows> take(TableBatch batch, TablePlan plan) {
    Optional<Ahead> ahead = remove(batch);
    if (ahead.isEmpty()) {
      return Optional.empty();
    }
    try {
      return ahead.get().rows().get().filter(rows -> rows.plan() == plan);
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

  private Optional<EncodedRows> encode(TablePlan plan, List<RowChange> changes) {
    RowEncoder encoder = new RowEncoder(plan);
    CopyBuffer bytes = new CopyBuffer();
    int[] staged = new int[Kind.values().length];
    try {
      for (int number = 0; number < changes.size() && bytes.size() < MAX_BYTES; number++) {
        RowChange change = changes.get(number);
        Kind kind = Kind.of(change, plan);
        staged[kind.ordinal()]++;
        encoder.staged(number, kind, change, bytes);
      }
    } catch (RecordException e) {
      return Optional.empty();
    }
    return bytes.size() < MAX_BYTES
        ? Optional.of(new EncodedRows(plan, bytes, staged, encoder.takeNulls()))
        : Optional.empty();
  }
}
