// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.proof;

import io.lakehousecdc.quickstart.warehouse.Row;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 digest of a table's rows, in the order in which they are added. For one thread. */
final class TableDigest {
  private static final int NULL_LENGTH = -1;

  private final MessageDigest digest = sha256();
  private long rows;

  void add(Row row) {
    rows++;
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, row.key()));
    row.cells().forEach(this::add);
  }

  /** Lengths stand before the values, so that no two different rows give the same bytes. */
  private void add(String cell) {
    byte[] bytes = cell == null ? new byte[0] : cell.getBytes(StandardCharsets.UTF_8);
    int length = cell == null ? NULL_LENGTH : bytes.length;
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, length));
    digest.update(bytes);
  }

  long rows() {
    return rows;
  }

  /** The digest; nothing can be added afterwards. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
