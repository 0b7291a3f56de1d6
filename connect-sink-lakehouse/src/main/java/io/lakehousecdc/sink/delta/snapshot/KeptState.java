// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.roaringbitmap.RoaringBitmap;

/**
 * What is kept with a key index: which table and columns it is of, and what it knows of the files.
 *
 * @param tableId identity of the table
 * @param version version of the table when the last part was copied
 * @param entry identity of that version's log entry
 * @param columns physical names and types of the key columns
 * @param numbersAsText which of them, from 0, hold numbers as text
 * @param secret of the encoder, as it writes it
 * @param withoutKey number of rows with a NULL in their key
 * @param withSharedKey number of rows that were found with the key of another row
 * @param paths of the files, by number; empty where a number is free
 * @param claims files that the index has every key of
 */
record KeptState(
    String tableId,
    long version,
    String entry,
    List<String> columns,
    Set<Integer> numbersAsText,
    byte[] secret,
    long withoutKey,
    long withSharedKey,
    List<String> paths,
    List<Claim> claims) {

  /**
   * A file of which the index has the key of every row that is not deleted.
   *
   * @param size length in bytes
   * @param rows number of rows in it, deleted ones included
   * @param deleted indexes of deleted rows; not modified
   */
  record Claim(String path, long size, int rows, RoaringBitmap deleted) {}

  /**
   * Columns as they are compared: a key is encoded by its types, and which rows are known depends
   * on the column that tells them.
   *
   * @param end column that is NULL in the rows that the index knows; empty for all rows
   */
  static List<String> names(List<DeltaColumn> columns, Optional<DeltaColumn> end) {
    return Stream.concat(
            columns.stream().map(column -> column.physicalName() + " " + column.type()),
            end.map(column -> "while NULL " + column.physicalName()).stream())
        .toList();
  }

  void write(DataOutput out) throws IOException {
    text(out, tableId);
    out.writeLong(version);
    text(out, entry);
    texts(out, columns);
    out.writeInt(numbersAsText.size());
    for (int number : numbersAsText) {
      out.writeInt(number);
    }
    bytes(out, secret);
    out.writeLong(withoutKey);
    out.writeLong(withSharedKey);
    texts(out, paths);
    out.writeInt(claims.size());
    for (Claim claim : claims) {
      text(out, claim.path);
      out.writeLong(claim.size);
      out.writeInt(claim.rows);
      claim.deleted.serialize(out);
    }
  }

  static KeptState read(DataInput in) throws IOException {
    String tableId = text(in);
    long version = in.readLong();
    String entry = text(in);
    List<String> columns = texts(in);
    Set<Integer> numbersAsText = new HashSet<>();
    for (int left = in.readInt(); left > 0; left--) {
      numbersAsText.add(in.readInt());
    }
    byte[] secret = bytes(in);
    long withoutKey = in.readLong();
    long withSharedKey = in.readLong();
    List<String> paths = texts(in);
    List<Claim> claims = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      String path = text(in);
      long size = in.readLong();
      int rows = in.readInt();
      RoaringBitmap deleted = new RoaringBitmap();
      deleted.deserialize(in);
      claims.add(new Claim(path, size, rows, deleted));
    }
    return new KeptState(
        tableId,
        version,
        entry,
        columns,
        numbersAsText,
        secret,
        withoutKey,
        withSharedKey,
        paths,
        claims);
  }

  private static void texts(DataOutput out, List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      text(out, text);
    }
  }

  private static List<String> texts(DataInput in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      texts.add(text(in));
    }
    return texts;
  }

  private static String text(DataInput in) throws IOException {
    return new String(bytes(in), UTF_8);
  }

  private static byte[] bytes(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  private static void text(DataOutput out, String text) throws IOException {
    bytes(out, text.getBytes(UTF_8));
  }

  private static void bytes(DataOutput out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
