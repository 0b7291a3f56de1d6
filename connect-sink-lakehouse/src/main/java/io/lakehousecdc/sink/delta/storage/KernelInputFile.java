// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import io.delta.kernel.defaults.engine.fileio.InputFile;
import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A stored file as Kernel reads it.
 *
 * @param size length in bytes; 0 or negative where the caller does not know it
 */
record KernelInputFile(FileIO store, String path, long size) implements InputFile {

  @Override
  public long length() throws IOException {
    if (size >= 0) {
      return size;
    }
    return store
        .stat(path)
        .orElseThrow(() -> new FileNotFoundException("Not found: " + path))
        .size();
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    return new Stream(size > 0 ? store.openListed(path, size) : store.open(path));
  }

  private static final class Stream extends SeekableInputStream {
    private final FileInput input;
    private long position;

    Stream(FileInput input) {
      this.input = input;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void seek(long newPosition) {
      position = newPosition;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, into.length);
      int count = input.read(position, ByteBuffer.wrap(into, offset, length));
      position += Math.max(count, 0);
      return count;
    }

    /**
     * @throws EOFException the file ends before
     */
    @Override
    public void readFully(byte[] into, int offset, int length) throws IOException {
      input.readFully(position, ByteBuffer.wrap(into, offset, length));
      position += length;
    }

    @Override
    public void close() throws IOException {
      input.close();
    }
  }
}
