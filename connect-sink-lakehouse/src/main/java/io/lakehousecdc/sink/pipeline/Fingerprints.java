// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.PartitionState.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;

/** Strong hashes of events and keys, the same in every JVM. For one thread. */
final class Fingerprints {
  private final MessageDigest digest;
  private final ByteBuffer number = ByteBuffer.allocate(8);

  Fingerprints() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Of all that an event says of its row, but not of its place in the order. */
  Fingerprint of(ChangeEvent event) {
    text(event.table().toString());
    if (event instanceof RowEvent row) {
      text(row.operation().code());
      key(row.key());
      cells(row.after());
      cells(row.before());
    } else if (event instanceof TruncateEvent truncate) {
      text(Operation.TRUNCATE.code());
      text(String.valueOf(truncate.sourceTable()));
    } else {
      throw new IllegalArgumentException("A tombstone has no place of its own");
    }
    return finished();
  }

  /** Of a key of a table. */
  Fingerprint of(TableId table, RowKey key) {
    text(table.toString());
    key(key);
    return finished();
  }

  private void key(RowKey key) {
    for (int i = 0; i < key.size(); i++) {
      value(key.value(i));
    }
  }

  private void cells(Object[] cells) {
    number(cells == null ? -1 : cells.length);
    for (int i = 0; cells != null && i < cells.length; i++) {
      value(cells[i]);
    }
  }

  private void value(Object value) {
    if (value == null) {
      digest.update((byte) 'n');
    } else if (value instanceof byte[] bytes) {
      digest.update((byte) 'b');
      number(bytes.length);
      digest.update(bytes);
    } else if (value instanceof Cell mark) {
      digest.update((byte) 'm');
      text(mark.name());
    } else if (value instanceof List<?> list) {
      digest.update((byte) 'l');
      number(list.size());
      list.forEach(this::value);
    } else if (value instanceof Map<?, ?> map) {
      digest.update((byte) 'p');
      number(map.size());
      map.forEach(
          (name, member) -> {
            value(name);
            value(member);
          });
    } else if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      digest.update((byte) 'i');
      number(((Number) value).longValue());
    } else {
      digest.update((byte) 't');
      text(value.toString());
    }
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    digest.update(bytes);
  }

  private void number(long value) {
    number.clear();
    digest.update(number.putLong(value).array());
  }

  private Fingerprint finished() {
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new Fingerprint(hash.getLong(), hash.getLong());
  }
}
