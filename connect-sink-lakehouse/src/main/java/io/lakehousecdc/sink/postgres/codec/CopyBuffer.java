// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import java.util.Arrays;

/**
 * A growing buffer in network byte order, for PostgreSQL's binary COPY format. Not thread-safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, binary format</a>
 */
public final class CopyBuffer {
  private static final int INITIAL_BYTES = 1 << 17;

  /** Characters for which room is made at a time, three bytes each. */
  private static final int TEXT_BLOCK = 1 << 12;

  private byte[] bytes;
  private int size;

  /** An empty buffer with room for some rows. */
  public CopyBuffer() {
    this(INITIAL_BYTES);
  }

  /**
   * An empty buffer.
   *
   * @param capacity bytes that it holds before it has to grow
   */
  public CopyBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  public byte[] array() {
    return bytes;
  }

  public int size() {
    return size;
  }

  /** Empties the buffer; gives up the memory that an unusually large row took. */
  public void clear() {
    size = 0;
    if (bytes.length > 16 * INITIAL_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
  }

  /** Cuts off what was written past {@code newSize}. */
  public void truncate(int newSize) {
    size = newSize;
  }

  public CopyBuffer int8(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  public CopyBuffer int16(int value) {
    ensure(2);
    bytes[size++] = (byte) (value >> 8);
    bytes[size++] = (byte) value;
    return this;
  }

  public CopyBuffer int32(int value) {
    ensure(4);
    putInt(size, value);
    size += 4;
    return this;
  }

  public CopyBuffer int64(long value) {
    ensure(8);
    putInt(size, (int) (value >> 32));
    putInt(size + 4, (int) value);
    size += 8;
    return this;
  }

  public CopyBuffer raw(byte[] value) {
    ensure(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
    return this;
  }

  /** The field that stands for NULL. */
  public CopyBuffer nullField() {
    return int32(-1);
  }

  /** Begins a field whose length is not known yet; returns what {@link #endField} needs. */
  int beginField() {
    int32(0);
    return size;
  }

  void endField(int begin) {
    putInt(begin - 4, size - begin);
  }

  /** A whole text field. */
  public CopyBuffer textField(String text) {
    int begin = beginField();
    utf8(text);
    endField(begin);
    return this;
  }

  /**
   * UTF-8 of the text.
   *
   * @throws UnfitValueException it holds U+0000 or half a surrogate pair, which PostgreSQL cannot
   *     store
   */
  void utf8(String text) {
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + TEXT_BLOCK);
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to++;
      }
      utf8(text, from, to);
      from = to;
    }
  }

  private void utf8(String text, int from, int to) {
    ensure((to - from) * 3);
    byte[] target = bytes;
    int at = size;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (c == 0) {
          throw new UnfitValueException("the text holds U+0000, which PostgreSQL cannot store");
        }
        target[at++] = (byte) c;
      } else if (c < 0x800) {
        target[at++] = (byte) (0xC0 | c >> 6);
        target[at++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        target[at++] = (byte) (0xE0 | c >> 12);
        target[at++] = (byte) (0x80 | c >> 6 & 0x3F);
        target[at++] = (byte) (0x80 | c & 0x3F);
      } else {
        int point = text.codePointAt(i);
        if (!Character.isSupplementaryCodePoint(point)) {
          throw new UnfitValueException("the text holds half a surrogate pair at index " + i);
        }
        target[at++] = (byte) (0xF0 | point >> 18);
        target[at++] = (byte) (0x80 | point >> 12 & 0x3F);
        target[at++] = (byte) (0x80 | point >> 6 & 0x3F);
        target[at++] = (byte) (0x80 | point & 0x3F);
        i++;
      }
    }
    size = at;
  }

  private void putInt(int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      int needed = Math.addExact(size, more);
      bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(2L * size, 1 << 30)));
    }
  }
}
