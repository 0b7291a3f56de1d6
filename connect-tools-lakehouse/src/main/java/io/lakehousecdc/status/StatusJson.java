// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.sink.spi.StatusRow;
import io.lakehousecdc.status.StatusReport.Cell;
import io.lakehousecdc.status.StatusReport.Problem;
import io.lakehousecdc.status.StatusReport.Sink;
import io.lakehousecdc.status.StatusReport.Table;

/** Writes reports as JSON: for programs, and for the page, which shows its texts. Stateless. */
public final class StatusJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private StatusJson() {}

  /** The report as one JSON object. */
  public static String text(StatusReport report, Documentation documentation) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("at", Figures.time(report.atMillis())).put("summary", report.summary());
    ArrayNode sinks = node.putArray("sinks");
    report.sinks().forEach(sink -> add(sinks.addObject(), sink, documentation));
    return node.toString();
  }

  private static void add(ObjectNode node, Sink sink, Documentation documentation) {
    node.put("name", sink.state().name())
        .put("warehouse", sink.state().warehouse())
        .put("state", sink.state().state())
        .put("level", Diagnosis.levelOf(sink.state().state()).key())
        .put("readable", sink.state().unreadable() == null);
    ArrayNode tasks = node.putArray("tasks");
    for (SinkState.Task task : sink.state().tasks()) {
      tasks
          .addObject()
          .put("id", task.id())
          .put("state", task.state())
          .put("level", Diagnosis.levelOf(task.state()).key())
          .put("worker", task.worker())
          .put("reason", task.reason());
    }
    ArrayNode problems = node.putArray("problems");
    for (Problem problem : sink.problems()) {
      problems
          .addObject()
          .put("level", problem.level().key())
          .put("subject", problem.subject())
          .put("text", problem.text())
          .put("runbook", problem.entry().title())
          .put("link", documentation.link(problem.entry()).orElse(null));
    }
    ArrayNode tables = node.putArray("tables");
    sink.tables().forEach(table -> add(tables.addObject(), sink.state().name(), table));
  }

  private static void add(ObjectNode node, String sink, Table table) {
    Object[] row = StatusRow.cells(sink, table.status(), 0);
    ObjectNode values = node.putObject("values");
    for (int i = 0; i < row.length; i++) {
      String column = StatusRow.SCHEMA.column(i).name();
      if (!column.equals(StatusRow.UPDATED_AT)) {
        values.set(column, MAPPER.valueToTree(row[i]));
      }
    }
    ObjectNode shown = node.putObject("shown");
    for (Cell cell : table.cells()) {
      shown.putObject(cell.key()).put("text", cell.text()).put("level", cell.level().key());
    }
    Sparkline sparkline = new Sparkline(table.lagMillis());
    node.putObject("trend").put("path", sparkline.path()).put("text", sparkline.text());
  }

  /** What is answered where there is no report. */
  static String problem(String message) {
    return MAPPER.createObjectNode().put("problem", message).toString();
  }
}
