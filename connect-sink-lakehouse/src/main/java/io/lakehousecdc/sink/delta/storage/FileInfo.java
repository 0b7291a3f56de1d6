// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

/**
 * A stored file.
 *
 * @param location full location, in the form that {@link FileIO#resolve} makes
 * @param size length in bytes
 * @param modifiedMillis time of last modification, milliseconds since the epoch
 */
public record FileInfo(String location, long size, long modifiedMillis) {

  /** Last segment of the location. */
  public String name() {
    return location.substring(location.lastIndexOf('/') + 1);
  }
}
