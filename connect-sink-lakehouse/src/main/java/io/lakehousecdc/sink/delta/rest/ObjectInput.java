// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import io.lakehousecdc.sink.delta.storage.FileInput;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An object open for reading: each read is a request for a range. All reads are of one version of
 * the object, that of the first one or the one it was opened as: so no half of a file is mixed with
 * the other half of one that has replaced it. Thread-safe.
 */
final class ObjectInput implements FileInput {
  private static final int MOST_BYTES = 8 << 20;

  private final ObjectStore store;
  private final ObjectName name;
  private final long length;
  private volatile String version;

  /**
   * @param version null where it is not known yet
   */
  ObjectInput(ObjectStore store, ObjectName name, long length, String version) {
    this.store = store;
    this.name = name;
    this.length = length;
    this.version = version;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int read(long position, ByteBuffer into) throws IOException {
    if (!into.hasRemaining()) {
      return 0;
    }
    if (position >= length) {
      return -1;
    }
    int count = (int) Math.min(Math.min(into.remaining(), length - position), MOST_BYTES);
    ObjectStore.Piece piece = store.get(name, position, count, version);
    if (piece.bytes().length == 0 || piece.bytes().length > count) {
      throw new IOException(
          "The store gives "
              + piece.bytes().length
              + " bytes of "
              + name
              + " for the "
              + count
              + " bytes from "
              + position);
    }
    version = piece.version();
    into.put(piece.bytes());
    return piece.bytes().length;
  }

  @Override
  public void close() {}
}
