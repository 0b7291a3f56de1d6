// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The same work on many files, several at a time, on threads that end with it. */
public final class Parallel {
  private Parallel() {}

  /** What is done with each. */
  @FunctionalInterface
  public interface Work<I, O> {
    O of(I file) throws IOException;
  }

  /**
   * Does the work, and returns when none of it is being done any more.
   *
   * @param atOnce how many files at a time
   * @return the results, in the order of the files
   * @throws IOException what the work throws for the first of those files that it fails for; what
   *     was not begun by then is not done
   */
  public static <I, O> List<O> map(Collection<I> files, int atOnce, Work<I, O> work)
      throws IOException {
    List<O> results = new ArrayList<>(files.size());
    if (files.size() <= 1 || atOnce <= 1) {
      for (I file : files) {
        results.add(work.of(file));
      }
      return results;
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(files.size(), atOnce));
    try {
      List<Future<O>> parts = new ArrayList<>();
      for (I file : files) {
        parts.add(threads.submit(() -> work.of(file)));
      }
      for (Future<O> part : parts) {
        results.add(part.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while files were read");
    } finally {
      end(threads);
    }
  }

  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
