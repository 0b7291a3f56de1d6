// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/**
 * An exception that keeps values of records apart from its message, which may reach logs, traces
 * and headers: values may be secret. {@link Disclosure} adds them where they may be told.
 */
public interface Discreet {

  /** The values that the exception is about, as text for an operator; empty if there is none. */
  String values();
}
