// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import java.util.List;
import java.util.Map;

/** A warehouse that a sink of the tests writes to, read without any code of the sink. */
interface Warehouse {
  /** Kind of target, as in the sink's setting {@code target}. */
  String kind();

  /** The settings of a sink that writes here. */
  Map<String, String> settings();

  /** Whether there is a table of this name in the schema {@code public}. */
  boolean has(String table);

  /**
   * The rows of a table of the schema {@code public} in no order, each value as text that
   * PostgreSQL reads; null is SQL NULL.
   *
   * @throws RuntimeException the table or a column is missing
   */
  List<List<String>> rows(String table, List<String> columns);
}
