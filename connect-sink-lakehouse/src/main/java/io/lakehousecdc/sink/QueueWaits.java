// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import java.time.Duration;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the worker's waits for a dead letter queue that does not answer. Connect waits for it
 * without a limit: whenever it commits offsets ({@code WorkerErrantRecordReporter.awaitFutures}),
 * and at the end of the task, in closing the queue's producer. A task that has failed for that
 * queue would never be seen as failed. Both waits end when their thread is interrupted.
 */
final class QueueWaits {
  private static final Logger LOG = LoggerFactory.getLogger(QueueWaits.class);
  private static final String RUNTIME = "org.apache.kafka.connect.runtime.";
  private static final long PAUSE_MILLIS = 100;

  /** Longer than a worker takes to close a task. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private QueueWaits() {}

  /** From now on, until the thread is done with its task, interrupts it whenever it waits so. */
  static void endFor(Thread worker) {
    Thread watch = new Thread(() -> watch(worker), worker.getName() + "-queue-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void watch(Thread worker) {
    long giveUpAt = System.nanoTime() + LONGEST.toNanos();
    try {
      while (System.nanoTime() < giveUpAt && endWait(worker)) {
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the thread still runs its task. */
  private static boolean endWait(Thread worker) {
    try {
      StackTraceElement[] stack = worker.getStackTrace();
      if (runs(stack, "errors.WorkerErrantRecordReporter", "awaitFutures")
          || runs(stack, "errors.DeadLetterQueueReporter", "close")) {
        worker.interrupt();
      }
      return runs(stack, "WorkerTask", "run");
    } catch (Throwable failure) {
      // Want of memory, say. Nobody else would end the wait.
      LOG.warn("{} could not be looked at, and will be again", worker.getName(), failure);
      return true;
    }
  }

  private static boolean runs(StackTraceElement[] stack, String className, String method) {
    return Arrays.stream(stack)
        .anyMatch(
            frame ->
                frame.getMethodName().equals(method)
                    && frame.getClassName().equals(RUNTIME + className));
  }
}
