// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.quickstart.display.PlainDisplay;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Test of the demo as run.sh starts it, on the archive of this build. */
class QuickstartIT {
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @Test
  void sourceAndWarehouseAreEqualAfterAKillOfTheWorker() {
    int code = run("--seconds", "6", "--rate", "150");
    assertEquals(0, code, this::told);
    assertTrue(told().contains("Killing the Connect worker"), this::told);
    assertEqual("shop-postgres", "shop-delta");
  }

  @Test
  void tablesInS3AreEqualToo() {
    int code = run("--store", "s3", "--seconds", "6", "--rate", "150");
    assertEquals(0, code, this::told);
    assertTrue(told().contains("POST /connectors with config/sink/delta-s3.json"), this::told);
    assertEqual("shop-postgres", "shop-delta");
  }

  private void assertEqual(String... connectors) {
    for (String connector : connectors) {
      int at = told().indexOf("bin/reconcile --connector " + connector + " ");
      assertTrue(at >= 0, this::told);
      for (String table : List.of("customers", "orders", "products")) {
        assertTrue(
            Pattern.compile("equal +public.%1$s -> public.%1$s +rows ".formatted(table))
                .matcher(told().substring(at))
                .find(),
            this::told);
      }
    }
  }

  @Test
  void alteredRowOfTheWarehouseIsNamed() {
    int code = run("--seconds", "4", "--rate", "50", "--tamper");
    assertEquals(1, code, this::told);
    Matcher tampered =
        Pattern.compile("Tampered with the PostgreSQL warehouse: orders, row with id (\\d+)")
            .matcher(told());
    assertTrue(tampered.find(), this::told);
    assertTrue(told().contains("id=%s: total is ".formatted(tampered.group(1))), this::told);
    assertTrue(
        told().contains("FAILED: source and warehouse are not equal: PostgreSQL (exit code 1)"),
        this::told);
  }

  private int run(String... arguments) {
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    return Quickstart.run(Arrays.asList(arguments), new PlainDisplay(out, INTERVAL), out);
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }
}
