// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.CorruptDeltaByteArrays;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.values.RequiresPreviousReader;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * The pages of one flat column of a row group, of which some rows are wanted in order.
 *
 * <p>parquet-java's reader of columns decodes the levels of each row and passes over values one by
 * one, which takes nine tenths of the time where few rows are wanted. Here a stretch of rows is
 * passed over at once, as far as levels and encoding allow.
 *
 * <p>Not thread-safe.
 */
final class ColumnPages {
  /** Bits of a level that is 1 at most. */
  private static final int LEVEL_BITS = 1;

  private final PageReader pages;
  private final ColumnDescriptor column;
  private final ParsedVersion writer;
  private final Dictionary dictionary;
  private Presence presence = Presence.always();
  private ValuesReader values;
  private long next;
  private long end;

  /**
   * @param writer of the file; null where it is not known
   */
  ColumnPages(PageReadStore store, ColumnDescriptor column, ParsedVersion writer) {
    this.pages = store.getPageReader(column);
    this.column = column;
    this.writer = writer;
    this.dictionary = dictionary(pages.readDictionaryPage(), column);
  }

  private static Dictionary dictionary(DictionaryPage page, ColumnDescriptor column) {
    try {
      return page == null ? null : page.getEncoding().initDictionary(column, page);
    } catch (IOException failure) {
      throw new ParquetDecodingException(
          "The dictionary of column " + column + " cannot be read", failure);
    }
  }

  /**
   * Goes to a row.
   *
   * @param row offset in the row group, after that of the call before
   * @return whether the row has a value, which then is to be read of {@link #values}, once
   */
  boolean seek(long row) {
    while (row >= end) {
      open();
    }
    if (row < next) {
      throw new ParquetDecodingException("Column " + column + " has no page of row " + row);
    }
    if (row > next) {
      pass((int) (row - next));
    }
    next = row + 1;
    return presence.next();
  }

  /** Tells where decoding has failed. */
  ParquetDecodingException damaged(RuntimeException cause) {
    return new ParquetDecodingException(
        "Column " + column + " cannot be read at row " + (next - 1) + " of the row group: " + cause,
        cause);
  }

  /** What decodes the row's value. */
  ValuesReader values() {
    return values;
  }

  private void pass(int rows) {
    int present = presence.pass(rows);
    if (present > 0) {
      values.skip(present);
    }
  }

  private void open() {
    DataPage page = pages.readPage();
    if (page == null) {
      throw new ParquetDecodingException("Column " + column + " ends at row " + end);
    }
    try {
      if (page instanceof DataPageV1 first) {
        open(first);
      } else {
        open((DataPageV2) page);
      }
    } catch (IOException failure) {
      throw new ParquetDecodingException(
          "A page of column " + column + " cannot be read: " + page, failure);
    }
    // Of all pages of a row group, or of those that were chosen.
    next = page.getFirstRowIndex().orElse(end);
    end = next + page.getValueCount();
  }

  /** A page of one piece: levels, and then values. */
  private void open(DataPageV1 page) throws IOException {
    int count = page.getValueCount();
    ByteBufferInputStream bytes = stream(page.getBytes());
    Presence opened;
    if (column.getMaxDefinitionLevel() == 0) {
      opened = Presence.always();
    } else if (page.getDlEncoding() == Encoding.RLE) {
      opened = levels(bytes.slice(BytesUtils.readIntLittleEndian(bytes)));
    } else {
      ValuesReader levels =
          page.getDlEncoding().getValuesReader(column, ValuesType.DEFINITION_LEVEL);
      levels.initFromPage(count, bytes);
      opened = Presence.of(levels);
    }
    open(page.getValueEncoding(), count, bytes, opened);
  }

  private void open(DataPageV2 page) throws IOException {
    Presence opened =
        column.getMaxDefinitionLevel() == 0
            ? Presence.always()
            : levels(page.getDefinitionLevels().toByteBuffer().slice());
    open(page.getDataEncoding(), page.getValueCount(), stream(page.getData()), opened);
  }

  private void open(Encoding encoding, int count, ByteBufferInputStream bytes, Presence opened)
      throws IOException {
    ValuesReader before = values;
    ValuesReader reader = reader(encoding);
    reader.initFromPage(count, bytes);
    if (CorruptDeltaByteArrays.requiresSequentialReads(writer, encoding)
        && reader instanceof RequiresPreviousReader follower) {
      // Such a page begins with a part of the last value of the page before.
      pass((int) (end - next));
      follower.setPreviousReader(before);
    }
    values = reader;
    presence = opened;
  }

  private ValuesReader reader(Encoding encoding) {
    if (encoding.usesDictionary()) {
      if (dictionary == null) {
        throw new ParquetDecodingException("Column " + column + " has no dictionary");
      }
      return new DictionaryValues(dictionary);
    }
    return encoding == Encoding.PLAIN
            && column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
        ? new PlainBinaries()
        : encoding.getValuesReader(column, ValuesType.VALUES);
  }

  private static Presence levels(ByteBuffer runs) {
    return Presence.of(new HybridRuns(runs, LEVEL_BITS));
  }

  /** A stream of one buffer, whose slices are no copies. */
  private static ByteBufferInputStream stream(BytesInput bytes) throws IOException {
    return ByteBufferInputStream.wrap(bytes.toByteBuffer());
  }
}
