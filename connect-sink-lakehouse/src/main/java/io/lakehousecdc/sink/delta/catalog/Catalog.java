// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

/**
 * A catalogue of tables. What is asked of it can be asked again, also by several workers at a time.
 * Used by one thread at a time.
 */
interface Catalog extends AutoCloseable {

  /** What a registration has done. */
  enum Outcome {
    /** The table was not there. */
    CREATED,
    /** Its columns or its comment were others. */
    UPDATED,
    /** The catalogue knew the table as it is, or has no means to take the change. */
    UNCHANGED
  }

  /**
   * Sees to it that the catalogue has the table, as external, and its schema.
   *
   * @throws CatalogException it does not
   */
  Outcome register(CatalogTable table) throws CatalogException;

  /**
   * Asks, within seconds, whether the catalogue answers and accepts the credentials. Changes
   * nothing.
   *
   * @throws CatalogException it does not; names the setting to look at
   */
  void check() throws CatalogException;

  /** Gives connections back. What is being asked may fail. */
  @Override
  default void close() {}
}
