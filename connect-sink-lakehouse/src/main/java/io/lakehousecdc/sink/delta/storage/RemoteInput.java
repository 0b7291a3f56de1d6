// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A remote file open for reading, of which pieces are held that are worth a request: its tail,
 * which may be all of it, and what lies around the last small read before that. Large reads go to
 * the store as they are. Thread-safe.
 */
final class RemoteInput implements FileInput {
  /**
   * What is read of a larger file when its tail is asked for: the footer, and indexes before it.
   */
  static final int TAIL_BYTES = 256 << 10;

  /** What is read for a small read elsewhere. */
  static final int WINDOW_BYTES = 1 << 20;

  /** What is held where no memory is granted, and the size of a read that is not small. */
  static final int LEAST_BYTES = 64 << 10;

  private final FileInput input;
  private final long length;
  private final int tailBytes;
  private final ReadMemory memory;
  private Piece tail;
  private Piece window;
  private boolean closed;

  /** Bytes of the file from a place on. */
  private record Piece(long begin, byte[] bytes, long granted) {
    boolean holds(long position) {
      return position >= begin && position < begin + bytes.length;
    }

    int copy(long position, ByteBuffer into) {
      int from = (int) (position - begin);
      int count = Math.min(into.remaining(), bytes.length - from);
      into.put(bytes, from, count);
      return count;
    }
  }

  /**
   * @param input the same file at the store, of which nothing was read
   * @param wholeBytes length up to which a file is read at once
   */
  RemoteInput(FileInput input, long length, int wholeBytes, ReadMemory memory) {
    this.input = input;
    this.length = length;
    this.tailBytes = length <= wholeBytes ? (int) length : TAIL_BYTES;
    this.memory = memory;
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
    synchronized (this) {
      Piece piece = piece(position, into.remaining());
      if (piece != null) {
        return piece.copy(position, into);
      }
    }
    // Not into what the tail holds: the rest of the read is served from there.
    int limit = into.limit();
    into.limit((int) Math.min(limit, into.position() + directEnd(position) - position));
    try {
      return input.read(position, into);
    } finally {
      into.limit(limit);
    }
  }

  private synchronized long directEnd(long position) {
    return tail != null && position < tail.begin ? tail.begin : length;
  }

  /** The piece that holds a place, or null where so much is to be read that none is needed. */
  private Piece piece(long position, int wanted) throws IOException {
    if (closed) {
      throw new IOException("The file is closed");
    }
    if (tail == null && position >= length - tailBytes) {
      tail = tail(position);
    }
    if (tail != null && tail.holds(position)) {
      return tail;
    }
    if (window != null && window.holds(position)) {
      return window;
    }
    if (wanted >= LEAST_BYTES) {
      return null;
    }
    release(window);
    window = null;
    long end = tail == null ? length : tail.begin;
    window = piece(position, Math.min(end, position + WINDOW_BYTES));
    return window;
  }

  /** The tail; less of it where no memory is granted, and nothing that does not hold the place. */
  private Piece tail(long position) throws IOException {
    Piece granted = granted(length - tailBytes, tailBytes);
    if (granted != null) {
      return granted;
    }
    long begin = Math.max(0, length - LEAST_BYTES);
    return position < begin ? null : fetched(begin, (int) (length - begin), 0);
  }

  private Piece piece(long begin, long end) throws IOException {
    Piece granted = granted(begin, (int) (end - begin));
    return granted != null ? granted : fetched(begin, (int) Math.min(end - begin, LEAST_BYTES), 0);
  }

  private Piece granted(long begin, int size) throws IOException {
    if (!memory.take(size)) {
      return null;
    }
    Piece piece = null;
    try {
      piece = fetched(begin, size, size);
      return piece;
    } finally {
      if (piece == null) {
        memory.giveBack(size);
      }
    }
  }

  private Piece fetched(long begin, int size, long granted) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size);
    input.readFully(begin, bytes);
    return new Piece(begin, bytes.array(), granted);
  }

  private void release(Piece piece) {
    if (piece != null) {
      memory.giveBack(piece.granted);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    release(tail);
    release(window);
    tail = null;
    window = null;
    input.close();
  }
}
