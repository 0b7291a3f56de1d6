// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.storage.FileIO;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * The locations of the files that a table's log names.
 *
 * @param table location of the table
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Add
 *     File, Deletion Vector Descriptor Schema</a>
 */
record FileNames(FileIO store, String table) {
  private static final String Z85 =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  private static final int ENCODED_UUID = 20;

  String log() {
    return table + "/_delta_log";
  }

  /**
   * @param path URI, relative to the table or absolute
   */
  String data(String path) {
    URI uri = URI.create(path);
    return uri.isAbsolute() || path.startsWith("/")
        ? store.resolve(path.startsWith("/") ? uri.getPath() : path)
        : table + "/" + uri.getPath();
  }

  /** Location of a deletion vector's file; empty where the vector is in the log itself. */
  Optional<String> vector(String storageType, String encoded) {
    return switch (storageType) {
      case "u" -> {
        int split = encoded.length() - ENCODED_UUID;
        String prefix = split == 0 ? "" : encoded.substring(0, split) + "/";
        yield Optional.of(
            table + "/" + prefix + "deletion_vector_" + uuid(encoded.substring(split)) + ".bin");
      }
      case "p" -> Optional.of(data(encoded));
      case "i" -> Optional.empty();
      default ->
          throw new IllegalArgumentException(
              "A deletion vector has a storage type that is not known: " + storageType);
    };
  }

  private static UUID uuid(String z85) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    for (int at = 0; at < ENCODED_UUID; at += 5) {
      long word = 0;
      for (int i = at; i < at + 5; i++) {
        word = word * Z85.length() + Z85.indexOf(z85.charAt(i));
      }
      bytes.putInt((int) word);
    }
    bytes.flip();
    return new UUID(bytes.getLong(), bytes.getLong());
  }
}
