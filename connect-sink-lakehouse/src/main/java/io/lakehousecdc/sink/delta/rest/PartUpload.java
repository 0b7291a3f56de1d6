// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.IOException;

/**
 * An object being written in parts, one after the other. It is not there before {@link #finish}.
 */
public interface PartUpload {

  /** Writes the next part, of {@link ObjectOutput#PART_BYTES}; it is not the last. */
  void part(byte[] content) throws IOException;

  /**
   * Writes the last part, and makes the object.
   *
   * @param length number of bytes of {@code content} that the part has, at least 1
   */
  void finish(byte[] content, int length) throws IOException;

  /** Gives up: the store may forget the parts. Does not fail. */
  void abandon();
}
