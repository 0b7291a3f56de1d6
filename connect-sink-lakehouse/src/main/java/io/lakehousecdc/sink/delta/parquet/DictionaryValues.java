// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.IOException;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.api.Binary;

/** Values of a page that are stored as numbers of a dictionary's. Not thread-safe. */
final class DictionaryValues extends ValuesReader {
  private final Dictionary dictionary;
  private HybridRuns numbers;

  DictionaryValues(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  @Override
  public void initFromPage(int count, ByteBufferInputStream page) throws IOException {
    // A page without values may have no width either.
    int width = page.available() > 0 ? page.read() : 0;
    numbers = new HybridRuns(page.slice(page.available()), width);
  }

  @Override
  public void skip() {
    numbers.skip(1);
  }

  @Override
  public void skip(int count) {
    numbers.skip(count);
  }

  @Override
  public int readInteger() {
    return dictionary.decodeToInt(numbers.next());
  }

  @Override
  public long readLong() {
    return dictionary.decodeToLong(numbers.next());
  }

  @Override
  public float readFloat() {
    return dictionary.decodeToFloat(numbers.next());
  }

  @Override
  public double readDouble() {
    return dictionary.decodeToDouble(numbers.next());
  }

  @Override
  public Binary readBytes() {
    return dictionary.decodeToBinary(numbers.next());
  }
}
