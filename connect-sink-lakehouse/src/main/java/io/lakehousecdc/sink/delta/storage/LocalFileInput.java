// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A local file open for reading. */
final class LocalFileInput implements FileInput {
  private static final int PIECE = 256 << 10;

  private final FileChannel channel;
  private final long length;

  LocalFileInput(FileChannel channel) throws IOException {
    this.channel = channel;
    this.length = channel.size();
  }

  @Override
  public long length() {
    return length;
  }

  /**
   * Reads no more than a piece: for an array the JDK takes as much direct memory as is read at
   * once, and keeps it for the thread.
   */
  @Override
  public int read(long position, ByteBuffer into) throws IOException {
    int limit = into.limit();
    into.limit(into.position() + Math.min(PIECE, into.remaining()));
    try {
      return channel.read(into, position);
    } finally {
      into.limit(limit);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
