// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;

/**
 * A request to a store that was begun, and whose answer is awaited later. Made once: by a thread of
 * {@link Requests} or, where none has come to it yet, by the thread that awaits it, so that nobody
 * waits for a thread to be free.
 *
 * @param <T> the answer
 */
public final class Request<T> {
  private enum State {
    WAITING,
    RUNNING,
    ENDED
  }

  private final Call<T> call;
  private State state = State.WAITING;
  private Thread thread;
  private boolean interrupted;
  private T answer;
  private Throwable failure;

  Request(Call<T> call) {
    this.call = call;
  }

  /** What is asked of the store. */
  @FunctionalInterface
  public interface Call<T> {
    T make() throws IOException;
  }

  /** Makes it, unless another thread does or has. */
  void make() {
    if (!begins()) {
      return;
    }
    try {
      ended(call.make(), null);
    } catch (Throwable any) {
      // Errors, too: they belong to the thread that awaits the answer.
      ended(null, any);
    }
  }

  private synchronized boolean begins() {
    if (state != State.WAITING) {
      return false;
    }
    state = State.RUNNING;
    thread = Thread.currentThread();
    return true;
  }

  private synchronized void ended(T made, Throwable failed) {
    answer = made;
    failure = failed;
    state = State.ENDED;
    thread = null;
    if (interrupted) {
      // It was meant for this request, not for the next one of the thread.
      Thread.interrupted();
    }
    notifyAll();
  }

  /** Whether {@link #await} would return at once. */
  public synchronized boolean isEnded() {
    return state == State.ENDED;
  }

  /**
   * The answer. Returns when nothing is under way any more, also where the thread is interrupted:
   * then the request is, too, and the thread stays so.
   *
   * @throws IOException the store failed
   */
  public T await() throws IOException {
    make();
    if (waitForEnd()) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof IOException failed) {
      throw failed;
    }
    if (failure instanceof RuntimeException failed) {
      throw failed;
    }
    if (failure instanceof Error failed) {
      throw failed;
    }
    return answer;
  }

  private synchronized boolean waitForEnd() {
    boolean wasInterrupted = false;
    while (state != State.ENDED) {
      try {
        wait();
      } catch (InterruptedException e) {
        wasInterrupted = true;
        if (state == State.RUNNING) {
          interrupted = true;
          thread.interrupt();
        }
      }
    }
    return wasInterrupted;
  }
}
