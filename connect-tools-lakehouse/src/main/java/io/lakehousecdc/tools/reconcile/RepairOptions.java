// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.tools.UsageException;
import io.lakehousecdc.tools.connect.SourceDatabase;
import io.lakehousecdc.tools.reconcile.Outcome.Certainty;
import io.lakehousecdc.tools.reconcile.Outcome.Difference;
import io.lakehousecdc.tools.reconcile.Outcome.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** The options that have differing rows repaired. */
final class RepairOptions {
  @Option(
      names = "--repair",
      description =
          "Has Debezium send rows again that are missing or changed, by an incremental snapshot of"
              + " these keys, and removes rows that the source does not have. Rows that are not"
              + " proven to differ are left.")
  private boolean wanted;

  @Option(
      names = "--signal-table",
      paramLabel = "SCHEMA.TABLE",
      description =
          "The source connector's signal.data.collection, which --repair writes to: the one thing"
              + " that it writes at the source.")
  private String signalTable;

  /**
   * Checks the options, before anything is read.
   *
   * @throws UsageException they contradict each other
   */
  void check() {
    if (wanted && signalTable == null) {
      throw new UsageException(
          "--repair needs --signal-table: signal.data.collection of the source connector, such as"
              + " public.debezium_signal.");
    }
    if (!wanted && signalTable != null) {
      throw new UsageException("--signal-table needs --repair.");
    }
  }

  /** Repairs a table, if that is wanted. */
  void repair(Outcome outcome, ConfiguredSink sink, SourceDatabase source, Report report)
      throws Exception {
    if (!wanted) {
      return;
    }
    List<Difference> again =
        proven(outcome, each -> each.kind() == Kind.MISSING || each.kind() == Kind.CHANGED);
    List<Difference> extra = proven(outcome, each -> each.kind() == Kind.EXTRA);
    if (!again.isEmpty()) {
      signal(outcome, source, again, report);
    }
    if (!extra.isEmpty()) {
      ExtraRows.remove(outcome.pair(), sink, extra, report);
    }
    int repeated = proven(outcome, each -> each.kind() == Kind.REPEATED).size();
    if (repeated > 0) {
      report.repaired(outcome.pair(), repeated + " keys of several rows are left");
    }
    int left = outcome.differences().size() - again.size() - extra.size() - repeated;
    if (left > 0) {
      report.repaired(outcome.pair(), left + " rows are not proven to differ: left");
    }
  }

  private static List<Difference> proven(Outcome outcome, Predicate<Difference> which) {
    return outcome.differences().stream()
        .filter(each -> each.certainty() == Certainty.PROVEN)
        .filter(which)
        .toList();
  }

  private void signal(Outcome outcome, SourceDatabase source, List<Difference> rows, Report report)
      throws SQLException {
    try (Connection connection = source.connect()) {
      int signals = new SnapshotSignals(connection, signalTable).send(outcome.pair(), rows);
      report.repaired(
          outcome.pair(),
          "%d rows are asked for again, by %d signals in %s"
              .formatted(rows.size(), signals, signalTable));
    }
  }
}
