// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.Binary;

/**
 * Values of any length in a page, each after its length. Passing over one is a step in a buffer;
 * parquet-java reads lengths byte by byte. Not thread-safe.
 *
 * @see <a
 *     href="https://github.com/apache/parquet-format/blob/master/Encodings.md#plain-plain--0">Parquet:
 *     Plain</a>
 */
final class PlainBinaries extends ValuesReader {
  private ByteBuffer page;
  private int at;

  @Override
  public void initFromPage(int count, ByteBufferInputStream bytes) throws IOException {
    page = bytes.slice(bytes.available()).slice().order(ByteOrder.LITTLE_ENDIAN);
    at = 0;
  }

  @Override
  public void skip() {
    skip(1);
  }

  @Override
  public void skip(int count) {
    for (int i = 0; i < count; i++) {
      at += Integer.BYTES + length();
    }
  }

  @Override
  public Binary readBytes() {
    int length = length();
    Binary value = Binary.fromConstantByteBuffer(page, at + Integer.BYTES, length);
    at += Integer.BYTES + length;
    return value;
  }

  /** Length of the next value, which has to lie within the page: its array may go on behind it. */
  private int length() {
    int length = page.getInt(at);
    if (length < 0 || length > page.limit() - at - Integer.BYTES) {
      throw new ParquetDecodingException("A value of " + length + " bytes goes beyond its page");
    }
    return length;
  }
}
