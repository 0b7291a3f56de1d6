// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.decode.type.DecodeException;
import org.apache.kafka.connect.sink.SinkRecord;

/** A reader of the records of one form. Compiled once per layout of the value. */
@FunctionalInterface
interface RecordReader {
  /**
   * Decodes a record.
   *
   * @param value value of the record, not null
   * @throws DecodeException if the record can never be applied
   */
  Decoded read(SinkRecord record, Object value);

  /** A change with its estimated heap size. */
  static Decoded change(ChangeEvent event) {
    return new Decoded.Change(event, HeapSize.of(event));
  }
}
