// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChildrenOfKilledParentIT {
  private static final String STARTED = "started ";

  /** The parent that is killed: starts everything, tells the process ids and waits for its end. */
  public static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws IOException {
      Stack stack = Stack.start();
      Stream.of(
              stack.source().processes(),
              stack.target().processes(),
              stack.kafka().processes(),
              stack.worker().processes())
          .flatMap(List::stream)
          .forEach(handle -> System.out.println(STARTED + handle.pid()));
      System.out.println("all");
      System.out.println(System.in.read());
    }
  }

  @Test
  void noChildSurvivesKillOfTheParent() throws IOException {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<ProcessHandle> children = new ArrayList<>();
    try (BufferedReader out = parent.inputReader()) {
      for (String line = out.readLine();
          line != null && !line.equals("all");
          line = out.readLine()) {
        if (line.startsWith(STARTED)) {
          ProcessHandle.of(Long.parseLong(line.substring(STARTED.length())))
              .ifPresent(children::add);
        }
      }
      assertTrue(children.size() > 8, "two servers with backends, two JVMs: " + children);
      parent.destroyForcibly();
      Await.until(
          "all children have ended: " + children,
          () -> children.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      parent.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
