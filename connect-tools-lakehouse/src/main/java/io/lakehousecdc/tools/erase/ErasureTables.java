// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.change.TableId;

/** The names of tables that erasures read and write beside the erased one. */
final class ErasureTables {
  /** Table of the runs. */
  static final String NAME = "_cdc_erasures";

  private ErasureTables() {}

  /** The table that a setting names. */
  static TableId named(String name) {
    int dot = name.lastIndexOf('.');
    return new TableId(dot < 0 ? "" : name.substring(0, dot), name.substring(dot + 1));
  }
}
