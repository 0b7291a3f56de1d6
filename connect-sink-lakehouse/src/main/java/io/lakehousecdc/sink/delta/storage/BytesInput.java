// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.nio.ByteBuffer;

/** A file whose content is in memory. */
public record BytesInput(byte[] content) implements FileInput {

  @Override
  public long length() {
    return content.length;
  }

  @Override
  public int read(long position, ByteBuffer into) {
    if (!into.hasRemaining()) {
      return 0;
    }
    if (position >= content.length) {
      return -1;
    }
    int count = (int) Math.min(into.remaining(), content.length - position);
    into.put(content, (int) position, count);
    return count;
  }

  @Override
  public void close() {}
}
