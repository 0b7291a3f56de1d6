// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/**
 * One COPY FROM STDIN in binary form. Rows are encoded into {@link #buffer} and sent in chunks.
 * Closing it unfinished cancels the COPY. Not thread-safe.
 */
final class CopyWriter implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(ISO_8859_1);

  private final CopyBuffer buffer;
  private final CopyIn copy;

  /**
   * Begins a COPY.
   *
   * @param buffer reused from one COPY to the next
   */
  CopyWriter(Session session, String sql, CopyBuffer buffer) throws SQLException {
    this.buffer = buffer;
    this.copy = session.copies().copyIn(sql);
    buffer.clear();
    buffer.raw(SIGNATURE).int32(0).int32(0);
  }

  CopyBuffer buffer() {
    return buffer;
  }

  /** Call after each row. */
  void endRow() throws SQLException {
    if (buffer.size() >= CHUNK_BYTES) {
      send();
    }
  }

  /** Sends rows that are encoded already. */
  void rows(CopyBuffer encoded) throws SQLException {
    send();
    copy.writeToCopy(encoded.array(), 0, encoded.size());
  }

  /** Ends the COPY; the server has accepted all rows when this returns their number. */
  long finish() throws SQLException {
    buffer.int16(-1);
    send();
    return copy.endCopy();
  }

  private void send() throws SQLException {
    copy.writeToCopy(buffer.array(), 0, buffer.size());
    buffer.clear();
  }

  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
