// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.tools.Commands;
import io.lakehousecdc.tools.UsageException;
import io.lakehousecdc.tools.connect.ConnectorOptions;
import io.lakehousecdc.tools.connect.SourceDatabase;
import io.lakehousecdc.tools.connect.SourceOptions;
import io.lakehousecdc.tools.reconcile.TablePairs.Plan;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command {@code reconcile}. Exit codes: 0 all tables that can be compared are equal, 1 rows
 * differ, 2 something could not be compared.
 */
@Command(
    name = "reconcile",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Compares the tables of a sink connector with those of its source, while both change."
            + " Reads alone, takes no lock.",
    exitCodeOnExecutionException = Commands.FAILED,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all tables are equal",
      "1:rows differ",
      "2:a table could not be compared, or the command failed"
    })
public final class ReconcileCommand implements Callable<Integer> {
  /** SQLSTATE insufficient_privilege: the table, or all of its rows, must not be read. */
  private static final String NOT_ALLOWED = "42501";

  private static final int EQUAL = 0;
  private static final int DIFFERENT = 1;

  @Mixin private ConnectorOptions connector;
  @Mixin private SourceOptions sourceOptions;
  @Mixin private RepairOptions repair;

  @Option(
      names = "--table",
      paramLabel = "SCHEMA.TABLE",
      description =
          "A table of the source; may be repeated. All tables of the connector otherwise.")
  private Set<String> only = new LinkedHashSet<>();

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      description = "topic.prefix of the source, where the connector has topics.regex.")
  private String topicPrefix;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "2",
      description = "Connections to each side, and files read at a time (${DEFAULT-VALUE}).")
  private int parallel;

  @Option(
      names = "--rows-per-second",
      paramLabel = "N",
      defaultValue = "0",
      description = "Most rows to read of each side in a second; 0 for no limit.")
  private long rowsPerSecond;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description =
          "How long rows that differ are looked at until they count as different, where nothing"
              + " shows that the target is past the state of the source (${DEFAULT-VALUE}).")
  private long settle;

  @Option(
      names = "--max-keys",
      paramLabel = "N",
      defaultValue = "100000",
      description =
          "Differing keys of a table that are looked at one by one (${DEFAULT-VALUE}); if there are"
              + " more, it is different.")
  private int mostKeys;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Remembers in a file which tables were found equal. A run with the same file goes on with"
              + " the others; once all are equal, the file is removed.")
  private Path stateFile;

  @Option(
      names = "--record",
      description =
          "Records the outcome in the target's _cdc_status, where the status page shows it.")
  private boolean records;

  @Option(names = "--json", description = "Prints JSON instead of a table for people.")
  private boolean json;

  @Option(
      names = "--show-values",
      description = "Prints values that differ. Otherwise their SHA-256 is printed.")
  private boolean showValues;

  @Spec private CommandSpec spec;

  private void check() {
    if (parallel < 1 || mostKeys < 1) {
      throw new UsageException("--parallel and --max-keys have to be 1 or more.");
    }
    if (rowsPerSecond < 0 || settle < 0) {
      throw new UsageException("--rows-per-second and --settle have to be 0 or more.");
    }
    repair.check();
  }

  @Override
  public Integer call() throws Exception {
    check();
    ConfiguredSink sink = connector.sink();
    Report report =
        json
            ? new JsonReport(spec.commandLine().getOut(), values())
            : new TextReport(spec.commandLine().getOut(), spec.commandLine().getErr(), values());
    FinishedTables finished = FinishedTables.of(Optional.ofNullable(stateFile), sink.connector());
    Pace pace = new Pace(rowsPerSecond);
    SourceDatabase database = sourceOptions.requiredDatabase();
    try (ReadSession source = ReadSession.open(database::connect, parallel);
        TargetTables target = target(sink, pace)) {
      List<Plan> plans =
          new TablePairs(sink, source, target).plans(Optional.ofNullable(topicPrefix), only);
      RecordedOutcomes recorded = new RecordedOutcomes(sink);
      boolean differs = false;
      boolean left = false;
      for (Plan plan : plans) {
        if (plan instanceof Plan.Leave leave) {
          report.left(leave);
          left = true;
        } else if (plan instanceof Plan.Compare compare
            && !finished.contains(compare.pair().source())) {
          Outcome outcome;
          try {
            outcome = compare(compare, source, report, new Pace(rowsPerSecond));
          } catch (SQLException e) {
            if (!NOT_ALLOWED.equals(e.getSQLState())) {
              throw e;
            }
            report.left(new Plan.Leave(compare.pair().source(), e.getMessage()));
            left = true;
            continue;
          }
          report.compared(outcome);
          recorded.add(outcome);
          repair.repair(outcome, sink, database, report);
          differs |= !outcome.isEqual();
          finished.note(outcome);
        }
      }
      if (records) {
        recorded.store();
      }
      report.end();
      finished.end(!differs);
      return differs ? DIFFERENT : left ? Commands.FAILED : EQUAL;
    }
  }

  private Report.Values values() {
    return showValues ? Report.Values.SHOWN : Report.Values.HASHED;
  }

  private TargetTables target(ConfiguredSink sink, Pace pace) throws Exception {
    return sink.target().equals("delta")
        ? new DeltaTables(sink, parallel, pace)
        : PostgresTables.open(sink, parallel, pace);
  }

  private Outcome compare(Plan.Compare plan, ReadSession source, Report report, Pace pace)
      throws Exception {
    TablePair pair = plan.pair();
    TableProgress progress = report.begin(pair);
    SourceRows rows = new SourceRows(source, pair, pace);
    return new Reconciliation(
            pair,
            rows,
            plan.target().rows(pair),
            new Reconciliation.Limits(Duration.ofSeconds(settle), mostKeys),
            progress)
        .run();
  }
}
