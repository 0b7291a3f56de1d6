// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

/** An encoder of the canonical values of one column. Stateless. */
public interface Encoder {

  /**
   * Appends the value as a field: its length, then its bytes.
   *
   * @param value canonical value, not null
   * @throws UnfitValueException the column cannot hold the value
   * @throws ClassCastException the value is not of the column's canonical class
   */
  void write(Object value, CopyBuffer out);
}
