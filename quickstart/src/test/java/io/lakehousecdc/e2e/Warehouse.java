// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import java.util.List;
import java.util.Map;

/** Where a sink of the tests writes, read without any code of the sink. */
interface Warehouse {
  /** Kind of target, as in the sink's setting {@code target}. */
  String kind();

  /** What a sink needs to be told to write here. */
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
