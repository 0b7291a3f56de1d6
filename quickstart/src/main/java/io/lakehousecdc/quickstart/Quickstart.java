// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart;

import io.lakehousecdc.quickstart.demo.Demo;
import io.lakehousecdc.quickstart.demo.DemoStack;
import io.lakehousecdc.quickstart.demo.Options;
import io.lakehousecdc.quickstart.display.Display;
import io.lakehousecdc.quickstart.display.PlainDisplay;
import io.lakehousecdc.quickstart.display.TerminalDisplay;
import io.lakehousecdc.quickstart.shop.UsageException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The main class of {@code quickstart/run.sh}. */
public final class Quickstart {
  private static final int SUCCESS = 0;
  private static final int FAILURE = 1;
  private static final int WRONG_USAGE = 2;
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(3);

  private Quickstart() {}

  /**
   * Runs the demo and ends the JVM: with 0 when all rows are equal, 1 when they are not or a part
   * has failed, 2 when the arguments are wrong. The system property {@code
   * lakehousecdc.terminal=true} tells that standard output can draw.
   */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    Display display =
        Boolean.getBoolean("lakehousecdc.terminal")
            ? new TerminalDisplay(out)
            : new PlainDisplay(out, PLAIN_INTERVAL);
    int code = run(Arrays.asList(arguments), display, out);
    out.flush();
    System.exit(code);
  }

  static int run(List<String> arguments, Display display, PrintStream out) {
    try {
      if (arguments.contains("--help")) {
        out.print(Options.usage());
        return SUCCESS;
      }
      if (!arguments.isEmpty() && arguments.get(0).equals("sql")) {
        return query(arguments, out);
      }
      return demo(Options.parse(arguments), display);
    } catch (UsageException e) {
      out.println(e.getMessage());
      out.println();
      out.print(Options.usage());
      return WRONG_USAGE;
    }
  }

  private static int query(List<String> arguments, PrintStream out) {
    if (arguments.size() != 3) {
      throw new UsageException("sql needs a JDBC URL and a query");
    }
    try {
      new Query(arguments.get(1), arguments.get(2)).print(out);
      return SUCCESS;
    } catch (SQLException e) {
      out.println(e.getMessage());
      return FAILURE;
    }
  }

  /** A failure of any part, which may come as any exception or failed wait, ends in a message. */
  private static int demo(Options options, Display display) {
    DemoStack stack = new DemoStack();
    Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "end-in-order"));
    try {
      new Demo(options, display, stack).run();
      return SUCCESS;
    } catch (RuntimeException | AssertionError e) {
      if (!stack.closed()) { // or it is Ctrl-C that makes things fail
        display.freeze();
        display.say("");
        display.say(display.style().bad("FAILED: ") + e.getMessage());
        display.say("The logs of all parts stay in the directory named at the start.");
      }
      return FAILURE;
    } finally {
      stack.close();
    }
  }
}
