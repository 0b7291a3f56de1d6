// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.status.StatusReport.Cell;
import io.lakehousecdc.status.StatusReport.Level;
import io.lakehousecdc.status.StatusReport.Problem;
import io.lakehousecdc.status.StatusReport.Sink;
import io.lakehousecdc.status.StatusReport.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Writes reports as plain text for a terminal. Stateless. */
public final class StatusText {
  /** They need several readings. */
  private static final Set<String> LEFT_OUT = Set.of("rate");

  private StatusText() {}

  /** The report as lines. */
  public static String text(StatusReport report) {
    StringBuilder text = new StringBuilder();
    text.append(report.summary()).append("  As of ").append(Figures.time(report.atMillis()));
    text.append('\n');
    report.sinks().forEach(sink -> add(text, sink));
    return text.toString();
  }

  private static void add(StringBuilder text, Sink sink) {
    SinkState state = sink.state();
    text.append('\n').append(state.name());
    if (!state.warehouse().isEmpty()) {
      text.append(" (").append(state.warehouse()).append(')');
    }
    if (!state.state().equals(SinkState.UNKNOWN)) {
      text.append("  ").append(state.state());
    }
    for (SinkState.Task task : state.tasks()) {
      text.append("  task ").append(task.id()).append(' ').append(task.state());
    }
    text.append('\n');
    for (Problem problem : sink.problems()) {
      text.append(problem.level() == Level.BAD ? "  ! " : "  ? ")
          .append(problem.subject())
          .append(' ')
          .append(problem.text())
          .append(" (")
          .append(problem.entry().path())
          .append(")\n");
    }
    if (!sink.tables().isEmpty()) {
      add(text, sink.tables());
    } else if (state.unreadable() == null) {
      text.append("  Nothing has been written yet.\n");
    }
  }

  private static void add(StringBuilder text, List<Table> tables) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("Table"));
    shown(tables.get(0)).forEach(cell -> header.add(cell.label()));
    rows.add(header);
    for (Table table : tables) {
      List<String> row = new ArrayList<>(List.of(table.name()));
      shown(table).forEach(cell -> row.add(cell.text()));
      rows.add(row);
    }
    int[] widths = new int[header.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(" ");
      for (int i = 0; i < widths.length; i++) {
        line.append(' ').append(row.get(i)).append(" ".repeat(1 + widths[i] - row.get(i).length()));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static List<Cell> shown(Table table) {
    return table.cells().stream().filter(cell -> !LEFT_OUT.contains(cell.key())).toList();
  }
}
