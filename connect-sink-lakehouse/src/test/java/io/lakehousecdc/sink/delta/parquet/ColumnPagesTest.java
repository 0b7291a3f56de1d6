// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.parquet.VersionParser;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.Test;

/** Pages of kinds that no writer of today makes, and damaged ones. */
class ColumnPagesTest {
  private static final ColumnDescriptor NUMBERS =
      new ColumnDescriptor(
          new String[] {"n"}, Types.optional(PrimitiveTypeName.INT64).named("n"), 0, 1);
  private static final ColumnDescriptor TEXTS =
      new ColumnDescriptor(
          new String[] {"t"}, Types.required(PrimitiveTypeName.BINARY).named("t"), 0, 0);

  private final Queue<DataPage> pages = new ArrayDeque<>();

  /** The pages, as of a row group. */
  private final class Pages implements PageReadStore, PageReader {
    @Override
    public PageReader getPageReader(ColumnDescriptor column) {
      return this;
    }

    @Override
    public long getRowCount() {
      return getTotalValueCount();
    }

    @Override
    public DictionaryPage readDictionaryPage() {
      return null;
    }

    @Override
    public long getTotalValueCount() {
      return pages.stream().mapToLong(DataPage::getValueCount).sum();
    }

    @Override
    public DataPage readPage() {
      return pages.poll();
    }
  }

  private void add(int count, BytesInput bytes, Encoding levels, Encoding values) {
    pages.add(
        new DataPageV1(bytes, count, Math.toIntExact(bytes.size()), null, levels, levels, values));
  }

  private void addTexts(List<String> texts) throws IOException {
    try (DeltaByteArrayWriter writer =
        new DeltaByteArrayWriter(64, 1 << 16, new HeapByteBufferAllocator())) {
      texts.forEach(text -> writer.writeBytes(Binary.fromString(text)));
      add(
          texts.size(),
          BytesInput.copy(writer.getBytes()),
          Encoding.RLE,
          Encoding.DELTA_BYTE_ARRAY);
    }
  }

  /** Bits from the highest of each byte on. */
  @Test
  void levelsInTheEncodingOfOldAreUnderstood() {
    byte[] levels = new byte[13];
    ByteBuffer values = ByteBuffer.allocate(800).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < 100; row++) {
      if (row % 3 != 0) {
        levels[row / 8] |= (byte) (0x80 >> row % 8);
        values.putLong(row);
      }
    }
    add(
        100,
        BytesInput.concat(BytesInput.from(levels), BytesInput.from(values.flip())),
        Encoding.BIT_PACKED,
        Encoding.PLAIN);
    ColumnPages column = new ColumnPages(new Pages(), NUMBERS, null);
    for (int row : new int[] {0, 1, 7, 30, 31, 98, 99}) {
      assertEquals(row % 3 != 0, column.seek(row));
      if (row % 3 != 0) {
        assertEquals(row, column.values().readLong());
      }
    }
  }

  /** A page may begin with a part of the last value of the one before, in files of old writers. */
  @Test
  void pagesOfAWriterThatIsNotKnownAreReadOneAfterTheOther() throws Exception {
    for (ParsedVersion writer :
        new ParsedVersion[] {null, VersionParser.parse("parquet-mr version 1.7.0 (build x)")}) {
      List<String> texts = new ArrayList<>();
      for (int page = 0; page < 3; page++) {
        List<String> part = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          part.add("text " + page + i);
        }
        addTexts(part);
        texts.addAll(part);
      }
      ColumnPages column = new ColumnPages(new Pages(), TEXTS, writer);
      for (int row : new int[] {0, 5, 6, 25, 29}) {
        assertTrue(column.seek(row));
        assertEquals(texts.get(row), column.values().readBytes().toStringUsingUTF8());
      }
    }
  }

  @Test
  void valueThatGoesBeyondItsPageIsRefused() {
    for (int length : new int[] {-1, 4, Integer.MAX_VALUE}) {
      ByteBuffer page = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
      page.putInt(3).put(new byte[3]).putInt(length).put(new byte[3]);
      add(2, BytesInput.from(page.flip()), Encoding.RLE, Encoding.PLAIN);
      ColumnPages column = new ColumnPages(new Pages(), TEXTS, null);
      assertTrue(column.seek(1));
      assertThrows(ParquetDecodingException.class, () -> column.values().readBytes());
    }
  }

  @Test
  void rowBeyondThePagesOrBeforeThemIsRefused() {
    ByteBuffer page = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
    page.putInt(3).put(new byte[3]).putInt(3).put(new byte[3]);
    add(2, BytesInput.from(page.flip()), Encoding.RLE, Encoding.PLAIN);
    ColumnPages column = new ColumnPages(new Pages(), TEXTS, null);
    assertTrue(column.seek(1));
    assertThrows(ParquetDecodingException.class, () -> column.seek(0));
    assertThrows(ParquetDecodingException.class, () -> column.seek(2));
    assertFalse(pages.iterator().hasNext());
  }
}
