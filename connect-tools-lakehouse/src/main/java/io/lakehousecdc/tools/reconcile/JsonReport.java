// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.tools.reconcile.Outcome.Difference;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The report as one JSON document, printed at the end. */
final class JsonReport implements Report {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final PrintWriter out;
  private final Values values;
  private final ObjectNode report = JSON.createObjectNode();
  private final ArrayNode tables = report.putArray("tables");

  JsonReport(PrintWriter out, Values values) {
    this.out = out;
    this.values = values;
  }

  @Override
  public TableProgress begin(TablePair pair) {
    return new TableProgress() {
      @Override
      public void read(Stage stage, long rows, double share) {}

      @Override
      public void looking(int keys) {}
    };
  }

  @Override
  public void compared(Outcome outcome) {
    TablePair pair = outcome.pair();
    ObjectNode table = tables.addObject();
    table
        .put("source", pair.source().toString())
        .put("target", pair.target().toString())
        .put("equal", outcome.isEqual())
        .put("rows", outcome.rows())
        .put("chunks", outcome.buckets())
        .put("differingChunks", outcome.differingBuckets())
        .put("moving", outcome.moving())
        .put("unlisted", outcome.unlisted());
    pair.uncompared().forEach(table.putObject("uncomparedColumns")::put);
    ArrayNode differences = table.putArray("differences");
    outcome.differences().forEach(each -> tell(differences.addObject(), pair, each));
  }

  private void tell(ObjectNode to, TablePair pair, Difference difference) {
    to.put("kind", difference.kind().name().toLowerCase(Locale.ROOT))
        .put("certainty", difference.certainty().name().toLowerCase(Locale.ROOT));
    ObjectNode key = to.putObject("key");
    List<ComparedColumn> columns = pair.columns();
    for (int i = 0; i < pair.keys().size(); i++) {
      ComparedColumn column = columns.get(i);
      key.put(column.source(), values.told(column.form(), difference.key().texts().get(i)));
    }
    if (difference.kind() != Outcome.Kind.CHANGED) {
      return;
    }
    ObjectNode changed = to.putObject("columns");
    for (int i = pair.keys().size(); i < columns.size(); i++) {
      String source = difference.source().get(i);
      String target = difference.target().get(i);
      if (!Objects.equals(source, target)) {
        Form form = columns.get(i).form();
        changed
            .putObject(columns.get(i).source())
            .put("source", values.told(form, source))
            .put("target", values.told(form, target));
      }
    }
  }

  @Override
  public void left(TablePairs.Plan.Leave plan) {
    tables
        .addObject()
        .put("source", plan.source().toString())
        .putNull("equal")
        .put("notCompared", plan.reason());
  }

  @Override
  public void repaired(TablePair pair, String what) {
    report
        .withArray("repairs")
        .addObject()
        .put("table", pair.source().toString())
        .put("step", what);
  }

  @Override
  public void end() {
    try {
      out.println(JSON.writeValueAsString(report));
      out.flush();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
