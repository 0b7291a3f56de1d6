// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;

/** The retry counter that the replayer sets on a record. */
final class Retries {
  private Retries() {}

  /** The counter, as a number or as text; 0 if the header is missing or malformed. */
  static int of(Headers headers) {
    Header header = headers.lastWithName(DeadLetterHeaders.RETRIES);
    if (header == null) {
      return 0;
    }
    if (header.value() instanceof Number number) {
      return number.intValue();
    }
    try {
      return Integer.parseInt(String.valueOf(header.value()));
    } catch (NumberFormatException unreadable) {
      return 0;
    }
  }
}
