// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of accessibility that axe-core checks within a page, WCAG 2.2 A and AA among them.
 *
 * @see <a href="https://github.com/dequelabs/axe-core">axe-core</a>
 */
final class Axe {
  /** Runs the check, and leaves what is wrong in the document. */
  static final String RUN =
      """
      axe.run(document, { resultTypes: ['violations'] }).then(function (results) {
        var found = results.violations.map(function (each) {
          return each.id + ' ' + each.nodes.map(function (node) { return node.target + ': '
            + node.failureSummary; }).join('; ');
        });
        document.documentElement.setAttribute('data-axe', JSON.stringify(found));
      });
      """;

  private static final String VERSION = "4.10.3";
  private static final long PATIENCE_SECONDS = 60;

  private Axe() {}

  /**
   * The script, from npm's registry or where it was left before; empty where it is not to be had.
   */
  static Optional<String> script() throws IOException {
    Path directory = Path.of("target", "axe").toAbsolutePath();
    Path script = directory.resolve("node_modules/axe-core/axe.min.js");
    if (!Files.exists(script)) {
      Files.createDirectories(directory);
      try {
        Process npm =
            new ProcessBuilder(
                    "npm", "install", "--no-save", "--ignore-scripts", "axe-core@" + VERSION)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("npm.log").toFile())
                .start();
        npm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        npm.destroyForcibly();
      } catch (IOException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    return Files.exists(script) ? Optional.of(Files.readString(script)) : Optional.empty();
  }

  /** What {@link #RUN} has found, as a JSON array. */
  static String violations(String dom) {
    Matcher found = Pattern.compile("data-axe=\"([^\"]*)\"").matcher(dom);
    if (!found.find()) {
      throw new AssertionError("axe-core has not ended: " + dom);
    }
    return found.group(1).replace("&quot;", "\"").replace("&amp;", "&");
  }
}
