// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.lakehousecdc.sink.delta.storage.FileInput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** An open file, as parquet-java wants it. Closing the file stays with its owner. */
record StoredInput(FileInput input) implements InputFile {

  @Override
  public long getLength() {
    return input.length();
  }

  @Override
  public SeekableInputStream newStream() {
    return new Stream(input);
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
      return read(ByteBuffer.wrap(into, offset, length));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      int count = input.read(position, into);
      position += Math.max(count, 0);
      return count;
    }

    @Override
    public void readFully(byte[] into) throws IOException {
      readFully(ByteBuffer.wrap(into));
    }

    @Override
    public void readFully(byte[] into, int offset, int length) throws IOException {
      readFully(ByteBuffer.wrap(into, offset, length));
    }

    /**
     * @throws EOFException the file ends before
     */
    @Override
    public void readFully(ByteBuffer into) throws IOException {
      int length = into.remaining();
      input.readFully(position, into);
      position += length;
    }
  }
}
