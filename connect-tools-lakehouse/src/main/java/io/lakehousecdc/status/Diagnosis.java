// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.status.StatusReport.Level;
import io.lakehousecdc.status.StatusReport.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds what an operator may have to look after. Stateless. */
final class Diagnosis {
  /** Later than this is late, as the monitoring of the source counts it. */
  static final Duration LATE = Duration.ofSeconds(60);

  /** Reasons that are normal only for a moment, or not at all. */
  private static final Set<SkipReason> STRANGE =
      Set.of(SkipReason.OLDER_HISTORY, SkipReason.NO_ROW, SkipReason.NOTHING_TO_DELETE);

  private Diagnosis() {}

  /** The problems of a sink, its tasks first. */
  static List<Problem> problems(SinkState sink) {
    List<Problem> problems = new ArrayList<>();
    if (isWrong(sink.state())) {
      problems.add(
          new Problem(
              levelOf(sink.state()), "connector", "is " + sink.state(), Runbook.TASK_FAILED));
    }
    for (SinkState.Task task : sink.tasks()) {
      if (isWrong(task.state())) {
        problems.add(
            new Problem(
                levelOf(task.state()),
                "task " + task.id(),
                "is " + task.state() + (task.reason() == null ? "" : ": " + task.reason()),
                Runbook.TASK_FAILED));
      }
    }
    if (sink.unreadable() != null) {
      problems.add(
          new Problem(
              Level.WARNING,
              "warehouse",
              "cannot be read from here: " + sink.unreadable(),
              Runbook.UNREADABLE));
    }
    sink.tables().forEach(table -> addProblems(table, problems));
    return problems;
  }

  /** How good a state of a connector or task is. */
  static Level levelOf(String state) {
    return switch (state) {
      case SinkState.RUNNING -> Level.GOOD;
      case SinkState.FAILED -> Level.BAD;
      case SinkState.UNKNOWN -> Level.NEUTRAL;
      default -> Level.WARNING;
    };
  }

  private static boolean isWrong(String state) {
    return levelOf(state) == Level.BAD || levelOf(state) == Level.WARNING;
  }

  private static void addProblems(TableStatus table, List<Problem> problems) {
    String name = table.key().table().toString();
    if (table.isFailing()) {
      problems.add(
          new Problem(Level.BAD, name, "cannot be written: " + table.error().text(), Runbook.LATE));
    }
    if (isLate(table)) {
      problems.add(
          new Problem(
              Level.WARNING,
              name,
              "was " + Figures.duration(lagMillis(table)) + " behind the source at its last commit",
              Runbook.LATE));
    }
    if (table.counts().rejected() > 0) {
      problems.add(
          new Problem(
              Level.WARNING,
              name,
              Figures.counted(table.counts().rejected(), "rejected record")
                  + (table.rejection() == null
                      ? ""
                      : ", the last one: " + table.rejection().text()),
              Runbook.REJECTED));
    }
    table
        .skipped()
        .forEach(
            (reason, count) -> {
              if (STRANGE.contains(reason)) {
                problems.add(
                    new Problem(
                        Level.WARNING,
                        name,
                        Figures.counted(count, "skipped change") + ": " + reason.description(),
                        Runbook.SKIPPED));
              }
            });
    if (table.reconciled() != null && !table.reconciled().equal()) {
      problems.add(
          new Problem(
              Level.BAD,
              name,
              Figures.counted(table.reconciled().differences(), "difference")
                  + " from the source were found when they were compared",
              Runbook.DIFFERENT));
    }
  }

  /** Whether the newest change was applied late. */
  static boolean isLate(TableStatus table) {
    return lagMillis(table) > LATE.toMillis();
  }

  /** From the source's newest commit to the target's; 0 where not known. */
  static long lagMillis(TableStatus table) {
    return table.applied() == null || table.applied().sourceMicros() == 0
        ? 0
        : Math.max(0, (table.applied().atMicros() - table.applied().sourceMicros()) / 1_000);
  }
}
