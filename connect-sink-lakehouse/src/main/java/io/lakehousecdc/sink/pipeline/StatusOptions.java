// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.TableId;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * How the status of tables is kept for people. Immutable.
 *
 * @param interval shortest time between two writes; zero: with every commit; empty: not at all
 * @param reasons what is told of failures
 * @param tables table of a topic of which nothing but a rejected record is known
 */
public record StatusOptions(
    Optional<Duration> interval, Reasons reasons, Function<String, TableId> tables) {

  /** What is told of failures and rejected records. */
  public enum Reasons {
    /** Their messages, which hold no values. */
    MESSAGES,
    /** Their kinds: messages hold values, as a setting asks for. */
    KINDS
  }

  /** No status is kept. */
  public static final StatusOptions OFF =
      new StatusOptions(Optional.empty(), Reasons.KINDS, topic -> new TableId("", topic));
}
