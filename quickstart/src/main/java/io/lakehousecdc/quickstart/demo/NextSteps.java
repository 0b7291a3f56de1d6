// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.display.Display;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.List;

/** The commands that the demo suggests after the proof. */
record NextSteps(DemoStack stack, List<String> connectors, Options.Ending ending) {
  private static final String WAREHOUSE_QUERY =
      "select id, total, status, _cdc_op, _cdc_ts from orders order by id desc limit 5";

  void tell(Display display) {
    display.say("");
    if (ending == Options.Ending.STOP) {
      display.say(
          """
          All parts end now. To look around while they run:
            ./quickstart/run.sh --serve

          The connectors' configurations are the files in config/, as they were posted; more of
          them, and what else there is to set: config/README.md. The worker's log stays in
            %s"""
              .formatted(stack.worker().log()));
      return;
    }
    display.say(display.style().heading("Everything keeps running until Ctrl-C. To look around:"));
    show(display, "The source", stack.source().database("shop"), "select count(*) from orders");
    show(display, "The warehouse", stack.warehouse(), WAREHOUSE_QUERY);
    display.say("  What the warehouse has applied: the same with \"select * from _cdc_offsets\"\n");
    display.say("  The Delta tables, for any reader that knows deletion vectors");
    display.say(stack.deltaStore().directions().indent(4));
    display.say("  The worker");
    display.say("    curl -s '%s/connectors?expand=status'".formatted(stack.connect().uri()));
    for (String connector : connectors) {
      display.say("    curl -s %s/connectors/%s".formatted(stack.connect().uri(), connector));
    }
    String sink = connectors.get(connectors.size() - 1);
    display.say(
        "    curl -s -X PUT %s/connectors/%s/pause    (and /resume)"
            .formatted(stack.connect().uri(), sink));
    display.say("    log: " + stack.worker().log());
    display.say("    figures for Prometheus: curl -s " + stack.worker().metrics());
  }

  private static void show(Display display, String what, PostgresDatabase database, String query) {
    display.say("  " + what);
    display.say(
        "    psql \"postgresql://%s:%s@%s:%d/%s\" -c \"%s\""
            .formatted(
                database.user(),
                database.password(),
                database.host(),
                database.port(),
                database.name(),
                query));
    display.say(
        "    or, without psql:\n    ./quickstart/run.sh sql \"%s?user=%s&password=%s\" \"%s\"\n"
            .formatted(database.jdbcUrl(), database.user(), database.password(), query));
  }
}
