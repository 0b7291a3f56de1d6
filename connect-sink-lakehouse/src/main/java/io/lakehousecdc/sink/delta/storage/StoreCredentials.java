// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;

/**
 * A service that hands out credentials for a store, by location and for some time each. A store
 * asks before each request; the answer is held in memory until it is about to end. Two are equal
 * where they ask the same service in the same way, so that tasks can share the store. Thread-safe.
 */
@FunctionalInterface
public interface StoreCredentials {

  /**
   * The credential for reading and writing a location, valid for some minutes at least.
   *
   * @param location of a file or directory, as the store resolves it
   * @throws java.nio.file.AccessDeniedException the service refuses the location
   * @throws IOException the service does not answer, or has no credential of a form for the store
   */
  StoreCredential of(String location) throws IOException;
}
