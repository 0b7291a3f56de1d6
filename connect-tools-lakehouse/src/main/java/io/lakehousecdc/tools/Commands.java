// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools;

import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.tools.erase.EraseCommand;
import io.lakehousecdc.tools.reconcile.ReconcileCommand;
import io.lakehousecdc.tools.status.StatusCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of the archive. */
@Command(
    name = "lakehouse",
    description = "Commands of connect-lakehouse.",
    mixinStandardHelpOptions = true,
    subcommands = {EraseCommand.class, ReconcileCommand.class, StatusCommand.class})
public final class Commands {
  /** Exit code of a command that could not do its work. */
  public static final int FAILED = 2;

  private Commands() {}

  /**
   * Runs a command; returns its exit code. A failure is one line: its reason, without values of
   * settings.
   */
  public static int run(String... arguments) {
    // Names of files and figures have the digits 0 to 9, whatever the user's language.
    Locale.setDefault(Locale.ROOT);
    return line().execute(arguments);
  }

  /** The commands, not yet told where to print. */
  public static CommandLine line() {
    return new CommandLine(new Commands())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Commands::failed);
  }

  private static int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (!(failure instanceof UsageException
        || failure instanceof TargetException
        || failure instanceof ConfigException
        || failure instanceof IOException
        || failure instanceof SQLException)) {
      throw failure;
    }
    PrintWriter err = command.getErr();
    err.println(failure instanceof IOException ? failure.toString() : failure.getMessage());
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      err.println("  because: " + (cause.getMessage() == null ? cause : cause.getMessage()));
    }
    err.flush();
    return FAILED;
  }
}
