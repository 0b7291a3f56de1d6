// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A stored file.
 *
 * @param location full location, in the form that {@link FileIO#resolve} makes
 * @param size length in bytes
 * @param modifiedMillis time of last modification, milliseconds since the epoch
 */
public record FileInfo(String location, long size, long modifiedMillis) {

  /** The order of listings: by the bytes of names in UTF-8, which is not that of strings. */
  public static final Comparator<FileInfo> BY_NAME =
      Comparator.comparing(
          file -> file.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  /** Last segment of the location. */
  public String name() {
    return location.substring(location.lastIndexOf('/') + 1);
  }
}
