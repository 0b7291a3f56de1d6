// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Two pieces of work at the same time, of which the failure of either ends the other. Both have to
 * end soon when their thread is interrupted.
 *
 * @param beside work in a thread of its own
 */
record Together(Callable<?> beside) {

  /**
   * Does both, and returns when neither is being done any more.
   *
   * @param here work in the calling thread
   * @return what that returns
   * @throws Exception what the work threw that failed first
   */
  <T> T with(Callable<T> here) throws Exception {
    Thread caller = Thread.currentThread();
    AtomicReference<Exception> first = new AtomicReference<>();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<?> other =
        thread.submit(
            () -> {
              try {
                return beside.call();
              } catch (Exception e) {
                if (first.compareAndSet(null, e)) {
                  caller.interrupt();
                }
                throw e;
              }
            });
    try {
      T result = here.call();
      other.get();
      return result;
    } catch (Exception e) {
      first.compareAndSet(null, e);
      throw first.get();
    } finally {
      // The interrupt has come from the other, and has had its effect.
      Thread.interrupted();
      thread.shutdownNow();
      thread.awaitTermination(1, TimeUnit.MINUTES);
    }
  }
}
