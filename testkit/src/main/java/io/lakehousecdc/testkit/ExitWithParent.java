// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * The launcher of a child JVM: it runs another class's {@code main} and halts the JVM when standard
 * input ends, which happens when the parent closes the pipe or dies, however it dies. On the
 * child's class path there are only this class and Kafka's jars, so it uses the JDK only.
 */
public final class ExitWithParent {
  private ExitWithParent() {}

  /**
   * Runs the class named by the first argument with the others.
   *
   * @throws ReflectiveOperationException where there is no such class or main method, or it throws
   */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Thread watch = new Thread(ExitWithParent::haltAtEndOfInput, "exit-with-parent");
    watch.setDaemon(true);
    watch.start();
    try {
      Class.forName(arguments[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    } catch (InvocationTargetException e) {
      e.getCause().printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private static void haltAtEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // nothing is ever written; the end is what counts
      }
    } catch (IOException brokenPipe) {
      // the parent is gone as well
    }
    Runtime.getRuntime().halt(0);
  }
}
