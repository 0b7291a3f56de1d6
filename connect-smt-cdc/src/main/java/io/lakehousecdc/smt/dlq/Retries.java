// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;

/** The retry counter that the replayer leaves on a record. */
final class Retries {
  private Retries() {}

  /** 0 where the header is missing or unreadable; converters deliver it as a number or as text. */
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
