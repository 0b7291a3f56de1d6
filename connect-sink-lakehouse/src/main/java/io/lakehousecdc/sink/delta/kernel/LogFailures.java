// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.exceptions.KernelEngineException;
import io.delta.kernel.exceptions.KernelException;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/**
 * The meaning of Kernel's failures at one table: {@link RetriableException} where the store failed,
 * {@link FatalException} where the table cannot be read or written.
 *
 * @param location location of the table
 */
record LogFailures(String location) {

  /**
   * Does something that only reads.
   *
   * @param action what it does, as in "cannot read"
   */
  <T> T translated(String action, Supplier<T> body) {
    try {
      return body.get();
    } catch (KernelEngineException | UncheckedIOException e) {
      throw ofStore(action, e);
    } catch (KernelException e) {
      throw ofTable(action, e);
    }
  }

  RetriableException ofStore(String action, Exception cause) {
    return new RetriableException(message(action, cause), LogFailure.discreet(cause));
  }

  FatalException ofTable(String action, Exception cause) {
    return new FatalException(message(action, cause), LogFailure.discreet(cause));
  }

  private String message(String action, Exception cause) {
    return "Cannot " + action + " the Delta table at " + location + ": " + LogFailure.text(cause);
  }
}
