// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

/** The access tokens of a service. Thread-safe. */
interface Tokens {

  /**
   * A token that is valid.
   *
   * @throws CatalogException there is none to be had
   */
  String token() throws CatalogException;

  /** The service does not accept a token that it was given, although it should be valid. */
  default void refused(String token) {}
}
