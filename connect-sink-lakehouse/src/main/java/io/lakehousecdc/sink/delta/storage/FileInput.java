// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A stored file open for reading at any place. Holds no position, so that threads may share it. */
public interface FileInput extends Closeable {

  /** Length in bytes. */
  long length();

  /**
   * Reads some bytes from {@code position} into the remaining space of {@code into}.
   *
   * @return number of bytes read, at least 1 unless {@code into} is full; -1 at the end
   */
  int read(long position, ByteBuffer into) throws IOException;

  /**
   * Fills the remaining space of {@code into} from {@code position}.
   *
   * @throws EOFException the file ends before
   */
  default void readFully(long position, ByteBuffer into) throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = read(at, into);
      if (count < 0) {
        throw new EOFException(
            "The file ends at byte "
                + length()
                + ", before the "
                + into.remaining()
                + " bytes wanted from "
                + at);
      }
      at += count;
    }
  }
}
