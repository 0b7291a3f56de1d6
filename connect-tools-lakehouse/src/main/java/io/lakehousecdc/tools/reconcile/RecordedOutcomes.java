// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Reconciled;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** The outcomes of a run, for the target's {@code _cdc_status}. For one thread. */
final class RecordedOutcomes {
  private final ConfiguredSink sink;
  private final List<TableStatus> outcomes = new ArrayList<>();

  RecordedOutcomes(ConfiguredSink sink) {
    this.sink = sink;
  }

  void add(Outcome outcome) {
    TablePair pair = outcome.pair();
    SourceTable source = new SourceTable("", pair.source().schema(), pair.source().name());
    TableStatus.Key key = new TableStatus.Key(pair.topic(), sink.table(source, pair.topic()));
    outcomes.add(
        TableStatus.none(key)
            .reconciled(
                new Reconciled(
                    ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()),
                    outcome.isEqual(),
                    outcome.differences().size() + outcome.unlisted())));
  }

  /** Stores them. */
  void store() {
    if (!outcomes.isEmpty()) {
      sink.report(outcomes);
    }
  }
}
