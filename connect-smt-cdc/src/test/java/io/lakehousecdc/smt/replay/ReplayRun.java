// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One run of the replay command.
 *
 * @param exitCode what the process would have ended with
 * @param output both of its outputs
 */
public record ReplayRun(int exitCode, String output) {

  public static ReplayRun of(String... arguments) {
    return of(Map.of(), arguments);
  }

  static ReplayRun of(Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int exitCode = new DeadLetterReplayer(environment, out, out).run(arguments);
    return new ReplayRun(exitCode, bytes.toString(StandardCharsets.UTF_8));
  }
}
