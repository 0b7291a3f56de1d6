// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.Parallel;
import io.lakehousecdc.sink.delta.storage.Uploads;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.zip.CRC32;
import org.roaringbitmap.RoaringBitmap;

/**
 * The deletion vectors of one table. The vectors of one commit share one file; other writers may
 * put small ones into the log itself.
 *
 * <p>A serialised vector, little endian: the magic number, the number of bitmaps as 64 bits, then
 * for each the upper 32 bits of its rows and the bitmap of the lower 32 bits in RoaringBitmap's
 * portable form. In a file, each is preceded by its size and followed by its CRC-32, both big
 * endian; the file begins with a version byte.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Deletion
 *     Vector Format, Deletion Vector File Storage Format</a>
 */
public final class DeletionVectors {
  private static final int MAGIC = 1681511377;
  private static final byte FILE_VERSION = 1;
  private static final int HEADER = Integer.BYTES + Long.BYTES;

  /** Bytes between two vectors that cost less to read than another request. */
  private static final int MAX_GAP = 64 << 10;

  /** Most bytes that are read at once, unless a single vector is longer. */
  private static final int MAX_RANGE = 8 << 20;

  private final FileIO store;
  private final String table;

  /**
   * @param table location of the table, without a slash at the end
   */
  public DeletionVectors(FileIO store, String table) {
    this.store = store;
    this.table = table;
  }

  /**
   * Writes the vectors of one commit into one file, which is durable when this returns. The
   * smallest, too: the protocol lets them be in the log, but VACUUM of Delta Spark (4.4.0) fails on
   * a table that has such a one.
   *
   * @param vectors non-empty sets of row indexes, by any key
   * @return a descriptor by the same key, new for each call
   */
  public <K> Map<K, VectorDescriptor> write(Map<K, RoaringBitmap> vectors) throws IOException {
    try (Uploads uploads = new Uploads(store)) {
      Map<K, VectorDescriptor> written = write(vectors, uploads);
      uploads.await();
      return written;
    }
  }

  /**
   * Writes them into a file that is completed beside what the caller does next.
   *
   * @param uploads make it durable: to be awaited before anything names it
   */
  public <K> Map<K, VectorDescriptor> write(Map<K, RoaringBitmap> vectors, Uploads uploads)
      throws IOException {
    if (vectors.isEmpty()) {
      return Map.of();
    }
    Map<K, VectorDescriptor> written = new LinkedHashMap<>();
    UUID id = UUID.randomUUID();
    String encodedId = Base85Codec.encodeUUID(id);
    FileOutput file = store.create(location(id, ""));
    boolean whole = false;
    try {
      DataOutputStream out = new DataOutputStream(file);
      out.writeByte(FILE_VERSION);
      int offset = 1;
      for (Map.Entry<K, RoaringBitmap> vector : vectors.entrySet()) {
        byte[] content = serialize(vector.getValue());
        out.writeInt(content.length);
        out.write(content);
        out.writeInt((int) checksum(content));
        written.put(
            vector.getKey(),
            new VectorDescriptor(
                "u",
                encodedId,
                OptionalInt.of(offset),
                content.length,
                vector.getValue().getLongCardinality()));
        offset += content.length + 2 * Integer.BYTES;
      }
      whole = true;
    } finally {
      if (!whole) {
        file.close();
      }
    }
    uploads.begin(file);
    return written;
  }

  /**
   * Reads vectors, whoever wrote them. Each of their files is opened once, several at a time, and
   * vectors that lie close to each other are read at once. Files of more than 2^32 rows are not
   * supported.
   */
  public Map<VectorDescriptor, RoaringBitmap> read(Collection<VectorDescriptor> wanted)
      throws IOException {
    Map<VectorDescriptor, RoaringBitmap> read = new HashMap<>();
    Map<String, List<VectorDescriptor>> files = new LinkedHashMap<>();
    for (VectorDescriptor vector : wanted) {
      if (vector.storage().equals("i")) {
        byte[] content = Base85Codec.decodeBytes(vector.pathOrInline(), vector.size());
        read.put(vector, deserialize(ByteBuffer.wrap(content), "inline"));
      } else {
        files.computeIfAbsent(location(vector), location -> new ArrayList<>()).add(vector);
      }
    }
    Parallel.map(
            files.entrySet(), store.concurrency(), file -> read(file.getKey(), file.getValue()))
        .forEach(read::putAll);
    return read;
  }

  private Map<VectorDescriptor, RoaringBitmap> read(String file, List<VectorDescriptor> wanted)
      throws IOException {
    Map<VectorDescriptor, RoaringBitmap> read = new HashMap<>();
    List<VectorDescriptor> vectors = new ArrayList<>(wanted);
    vectors.sort(Comparator.comparingInt(DeletionVectors::offset));
    // The log does not tell how long the file is, but where the last of the vectors ends.
    long length = vectors.stream().mapToLong(DeletionVectors::endOf).max().orElseThrow();
    try (FileInput input = store.open(file, length)) {
      for (int first = 0, end; first < vectors.size(); first = end) {
        end = endOfRange(vectors, first);
        readRange(input, vectors.subList(first, end), file, read);
      }
    }
    return read;
  }

  /** End of those vectors, sorted by place, that are read together with the first. */
  private static int endOfRange(List<VectorDescriptor> vectors, int first) {
    int end = first + 1;
    while (end < vectors.size()
        && offset(vectors.get(end)) - endOf(vectors.get(end - 1)) <= MAX_GAP
        && endOf(vectors.get(end)) - offset(vectors.get(first)) <= MAX_RANGE) {
      end++;
    }
    return end;
  }

  private static void readRange(
      FileInput input,
      List<VectorDescriptor> vectors,
      String location,
      Map<VectorDescriptor, RoaringBitmap> read)
      throws IOException {
    int begin = offset(vectors.get(0));
    int length = Math.toIntExact(endOf(vectors.get(vectors.size() - 1)) - begin);
    ByteBuffer range = ByteBuffer.allocate(length);
    input.readFully(begin, range);
    for (VectorDescriptor vector : vectors) {
      int place = offset(vector) - begin;
      int size = range.getInt(place);
      byte[] content = new byte[vector.size()];
      range.get(place + Integer.BYTES, content);
      if (size != vector.size()
          || range.getInt(place + Integer.BYTES + size) != (int) checksum(content)) {
        throw new IOException("The deletion vector in " + location + " is damaged");
      }
      read.put(vector, deserialize(ByteBuffer.wrap(content), location));
    }
  }

  private static int offset(VectorDescriptor vector) {
    return vector.offset().orElse(1);
  }

  private static long endOf(VectorDescriptor vector) {
    return (long) offset(vector) + vector.size() + 2 * Integer.BYTES;
  }

  /** Where the vector's file lies; null for an inline one. */
  public String location(VectorDescriptor vector) {
    return vector.storage().equals("i") ? null : Actions.descriptor(vector).getAbsolutePath(table);
  }

  private String location(UUID id, String prefix) {
    return table + "/" + prefix + "deletion_vector_" + id + ".bin";
  }

  private static byte[] serialize(RoaringBitmap rows) {
    RoaringBitmap optimised = rows.clone();
    optimised.runOptimize();
    ByteBuffer buffer =
        ByteBuffer.allocate(HEADER + Integer.BYTES + optimised.serializedSizeInBytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(MAGIC).putLong(1).putInt(0);
    optimised.serialize(buffer);
    return buffer.array();
  }

  private static RoaringBitmap deserialize(ByteBuffer content, String place) throws IOException {
    content.order(ByteOrder.LITTLE_ENDIAN);
    int magic = content.getInt();
    long bitmaps = content.getLong();
    if (magic != MAGIC || bitmaps < 0 || bitmaps > 1) {
      throw new IOException(
          "The deletion vector ("
              + place
              + ") has a form that is not supported: magic number "
              + magic
              + ", "
              + bitmaps
              + " bitmaps");
    }
    RoaringBitmap rows = new RoaringBitmap();
    if (bitmaps == 1) {
      if (content.getInt() != 0) {
        throw new IOException("The deletion vector (" + place + ") has rows beyond 2^32");
      }
      rows.deserialize(content);
    }
    return rows;
  }

  private static long checksum(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }
}
