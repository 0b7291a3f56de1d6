// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ways to run PostgreSQL's programs without root privileges, because PostgreSQL refuses to run
 * as root. If the tests run as root (as in most build containers), the programs run in a user
 * namespace of their own, in which root's files belong to the (unmapped) current user; or, if the
 * kernel forbids such namespaces, as the user "nobody", who then owns the data directory.
 */
enum RootDropping {
  NOT_ROOT(List.of()),
  USER_NAMESPACE(List.of("unshare", "--user")),
  NOBODY(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));

  private final List<String> prefix;

  RootDropping(List<String> prefix) {
    this.prefix = prefix;
  }

  /** The first way that works on this machine. */
  static RootDropping here() {
    if (!succeeds(List.of("sh", "-c", "test \"$(id -u)\" = 0"))) {
      return NOT_ROOT;
    }
    if (USER_NAMESPACE.works()) {
      return USER_NAMESPACE;
    }
    if (NOBODY.works()) {
      return NOBODY;
    }
    throw new IllegalStateException(
        "PostgreSQL does not run as root, and neither unshare nor setpriv (util-linux) works here:"
            + " run the tests as a normal user");
  }

  /** The command with the prefix that drops the privileges. */
  List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }

  /** Makes the server the owner of its directory. */
  void own(Path directory, Path log) {
    if (this == NOBODY) {
      ChildProcess.run(
          "chown", List.of("chown", "-R", "65534:65534", directory.toString()), Map.of(), log);
    }
  }

  private boolean works() {
    return succeeds(command(List.of("true")));
  }

  private static boolean succeeds(List<String> command) {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException notInstalled) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
