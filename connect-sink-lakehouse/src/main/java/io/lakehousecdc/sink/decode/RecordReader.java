// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.decode.type.DecodeException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Decodes the records of one shape. Compiled once per layout of the value. */
@FunctionalInterface
interface RecordReader {
  /**
   * @param value value of the record, not null
   * @throws DecodeException where the record can never be applied
   */
  Decoded read(SinkRecord record, Object value);

  /** A change with an estimate of its size. */
  static Decoded change(ChangeEvent event) {
    return new Decoded.Change(event, HeapSize.of(event));
  }
}
