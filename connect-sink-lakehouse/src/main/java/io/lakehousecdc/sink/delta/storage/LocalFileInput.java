// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A local file open for reading. */
final class LocalFileInput implements FileInput {
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

  @Override
  public int read(long position, ByteBuffer into) throws IOException {
    return ReadBuffers.read(channel, position, into);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
