// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A reader that asks a warehouse every 50 ms whether what {@link Transfers} keep true is so. */
final class InvariantReader implements AutoCloseable {
  private static final long EVERY_MILLIS = 50;

  /** One statement, and so one moment. */
  private static final String QUERY =
      """
      select (select coalesce(sum(balance), 0) from account)::text,
             (select coalesce(sum(amount), 0) from entry)::text,
             (select count(*) from entry e
               where not exists (select 1 from account a where a.id = e.account_id))::text,
             (select xid::text from latest),
             p.transaction_id,
             (select count(*) from entry e where e.xid::text = p.transaction_id)::text
        from _cdc_progress p""";

  private final PostgresDatabase warehouse;
  private final List<String> broken = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> states = Collections.synchronizedSet(new HashSet<>());
  private final AtomicLong readings = new AtomicLong();
  private final ScheduledExecutorService schedule = Executors.newSingleThreadScheduledExecutor();
  private final Future<?> reading;

  InvariantReader(PostgresDatabase warehouse) {
    this.warehouse = warehouse;
    reading = schedule.scheduleAtFixedRate(this::read, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void read() {
    try {
      for (List<Object> row : warehouse.rows(QUERY)) {
        readings.incrementAndGet();
        states.add(String.valueOf(row.get(4)));
        boolean sumsAgree = row.get(0).equals(row.get(1));
        boolean hasParents = row.get(2).equals("0");
        // Only of a transaction that wrote entries: others of the database are in no table.
        boolean isAsOf = row.get(5).equals("0") || row.get(3).equals(row.get(4));
        if (!sumsAgree || !hasParents || !isAsOf) {
          broken.add(row.toString());
        }
      }
    } catch (RuntimeException e) {
      broken.add(e.toString());
    }
  }

  /** What was read when something was not as it has to be. */
  List<String> broken() {
    return List.copyOf(broken);
  }

  long readings() {
    return readings.get();
  }

  /** Number of transactions up to which the tables have shown the source. */
  int states() {
    return states.size();
  }

  @Override
  public void close() {
    reading.cancel(false);
    schedule.shutdown();
  }
}
