// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

/**
 * What a row of a change data feed tells.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#change-data-files">Delta
 *     protocol: Change Data Files</a>
 */
enum ChangeType {
  INSERT("insert"),
  DELETE("delete"),
  /** A row as it was. */
  BEFORE("update_preimage"),
  /** A row as it is now. */
  AFTER("update_postimage");

  private final String text;

  ChangeType(String text) {
    this.text = text;
  }

  /** As it is stored. */
  String text() {
    return text;
  }
}
