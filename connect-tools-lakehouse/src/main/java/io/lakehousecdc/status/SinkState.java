// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.sink.spi.TableStatus;
import java.util.List;

/**
 * What is known of one sink connector. Immutable.
 *
 * @param name its name
 * @param warehouse kind of its target; empty where its configuration cannot be read
 * @param state state of the connector as Connect tells it; {@link #UNKNOWN} where it does not
 * @param tasks its tasks
 * @param unreadable why its tables are not known; null where they are
 * @param tables its tables
 */
public record SinkState(
    String name,
    String warehouse,
    String state,
    List<Task> tasks,
    String unreadable,
    List<TableStatus> tables) {
  public static final String UNKNOWN = "UNKNOWN";
  static final String RUNNING = "RUNNING";
  static final String FAILED = "FAILED";

  /**
   * A task.
   *
   * @param id its number
   * @param state as Connect tells it
   * @param worker where it runs
   * @param reason why it has failed, without values of records; null where it has not
   */
  public record Task(int id, String state, String worker, String reason) {

    /**
     * A task as Connect tells it.
     *
     * @param trace of its failure; null where there is none
     * @param disclosing whether messages hold values of records
     */
    public static Task of(int id, String state, String worker, String trace, boolean disclosing) {
      return new Task(
          id, state, worker, state.equals(FAILED) ? Traces.reason(trace, disclosing) : null);
    }
  }

  public SinkState {
    tasks = List.copyOf(tasks);
    tables = List.copyOf(tables);
  }
}
