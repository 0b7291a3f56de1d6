// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The server's settings within a transaction of the sink. Staged rows find their table rows by the
 * key's index: a freshly filled staging table has no statistics, and a plan made when the table was
 * small must not scan it when it has grown. Text is read as UTC and ISO. Stateless.
 */
final class TransactionSettings {
  private TransactionSettings() {}

  /**
   * Query that makes the settings for the present transaction ({@code SET LOCAL}, in one round
   * trip), if it runs in the given server process; else its first column is NULL. The second is the
   * server's next transaction id.
   *
   * @param process the server process that the session began in
   */
  static String sql(PostgresSettings settings, int process) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String plan : new String[] {"hashjoin", "mergejoin", "seqscan", "bitmapscan"}) {
      values.put("enable_" + plan, "off");
    }
    values.put("jit", "off");
    values.put("work_mem", "64MB");
    values.put("temp_buffers", "64MB");
    values.put("timezone", "UTC");
    values.put("datestyle", "ISO, YMD");
    values.put("intervalstyle", "postgres");
    values.put("xmloption", "content");
    values.put("row_security", "off");
    values.put("statement_timeout", Long.toString(settings.statementTimeoutMillis()));
    String lockTimeout = Long.toString(settings.lockTimeoutMillis());
    values.put("lock_timeout", lockTimeout);
    values.put("idle_in_transaction_session_timeout", lockTimeout);
    StringJoiner set = new StringJoiner(", ", "concat(", ")");
    values.forEach((name, value) -> set.add("set_config('" + name + "', '" + value + "', true)"));
    return "SELECT CASE WHEN pg_backend_pid() = "
        + process
        + " THEN "
        + set
        + " END, pg_snapshot_xmax(pg_current_snapshot())::text::int8";
  }
}
