// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.status.Documentation;
import io.lakehousecdc.status.SinkState;
import io.lakehousecdc.status.StatusJson;
import io.lakehousecdc.status.StatusReport;
import io.lakehousecdc.status.StatusReport.Level;
import io.lakehousecdc.status.StatusText;
import io.lakehousecdc.status.Traces;
import io.lakehousecdc.tools.Commands;
import io.lakehousecdc.tools.connect.ConnectRest;
import io.lakehousecdc.tools.connect.ConnectorOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints how far the tables of a sink are, and what is wrong with them. */
@Command(
    name = "status",
    description = "Prints how far the tables of a sink are, and what is wrong with them.",
    mixinStandardHelpOptions = true,
    exitCodeOnExecutionException = Commands.FAILED,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Nothing is wrong; there may be warnings.",
      "1:Something is wrong.",
      "2:The status could not be read."
    })
public final class StatusCommand implements Callable<Integer> {
  private static final int WRONG = 1;

  @Mixin private ConnectorOptions connector;

  @Option(names = "--json", description = "Print JSON, as /lakehouse/status.json of a worker does.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Map<String, String> settings = connector.settings();
    ConfiguredSink sink = ConfiguredSink.of(settings);
    StatusReport report = StatusReport.of(state(sink, settings), System.currentTimeMillis());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(StatusJson.text(report, Documentation.ofArchive()));
    } else {
      out.print(StatusText.text(report));
    }
    out.flush();
    return report.count(Level.BAD) == 0 ? 0 : WRONG;
  }

  private SinkState state(ConfiguredSink sink, Map<String, String> settings) {
    JsonNode health =
        connector.rest().map(rest -> new ConnectRest(rest).status(sink.connector())).orElse(null);
    List<SinkState.Task> tasks = new ArrayList<>();
    if (health != null) {
      boolean disclosing = Traces.discloses(settings);
      health.path("tasks").forEach(task -> tasks.add(task(task, disclosing)));
    }
    return new SinkState(
        sink.connector(),
        sink.target(),
        health == null
            ? SinkState.UNKNOWN
            : health.path("connector").path("state").asText(SinkState.UNKNOWN),
        tasks,
        null,
        sink.status());
  }

  private static SinkState.Task task(JsonNode task, boolean disclosing) {
    return SinkState.Task.of(
        task.path("id").asInt(),
        task.path("state").asText(SinkState.UNKNOWN),
        task.path("worker_id").asText(""),
        task.path("trace").asText(null),
        disclosing);
  }
}
