// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * How long a topic keeps records, by its settings.
 *
 * @param settings value of each setting that matters, by name
 * @see <a href="https://kafka.apache.org/documentation/#topicconfigs">Kafka: topic configs</a>
 */
record TopicRetention(UnaryOperator<String> settings) {
  /** The settings that matter. */
  static final List<String> NAMES =
      List.of(
          "cleanup.policy",
          "retention.ms",
          "retention.bytes",
          "segment.ms",
          "delete.retention.ms",
          "min.compaction.lag.ms",
          "max.compaction.lag.ms");

  /** The broker looks every five minutes, and deletes a minute later. */
  private static final Duration CHECKS = Duration.ofMinutes(6);

  /** Longer ones stand for none: Kafka's default is the greatest number. */
  private static final long ENDLESS = Duration.ofDays(36_500).toMillis();

  /**
   * When a record is gone.
   *
   * @param written when it was written
   * @return in words, with the settings
   */
  String until(Instant written) {
    boolean deletes = policies().contains("delete");
    boolean compacts = policies().contains("compact");
    Optional<Instant> deleted = deletes ? deletedBy(written) : Optional.empty();
    StringBuilder text = new StringBuilder();
    if (deleted.isPresent()) {
      text.append("gone by ").append(deleted.get());
    } else if (compacts) {
      text.append(compacted(written));
    } else {
      text.append("kept without a limit of time");
    }
    return text.append(" (").append(listed()).append(')').toString();
  }

  private List<String> policies() {
    String policy = settings.apply("cleanup.policy");
    return policy == null
        ? List.of()
        : Arrays.stream(policy.split(",")).map(String::strip).toList();
  }

  /** A segment goes when its last record is old enough. */
  private Optional<Instant> deletedBy(Instant written) {
    long retention = millis("retention.ms");
    return retention < 0 || retention > ENDLESS
        ? Optional.empty()
        : Optional.of(
            written
                .plusMillis(Math.min(millis("segment.ms"), ENDLESS))
                .plusMillis(retention)
                .plus(CHECKS));
  }

  private String compacted(Instant written) {
    long lag = millis("max.compaction.lag.ms");
    if (lag > ENDLESS) {
      return "compacted after a tombstone of the key, without a limit of time:"
          + " max.compaction.lag.ms is not set";
    }
    return "compacted after a tombstone of the key, which is due by "
        + written.plusMillis(lag).plus(CHECKS)
        + "; the tombstone, which has the key, goes delete.retention.ms later";
  }

  private long millis(String name) {
    String value = settings.apply(name);
    return value == null ? Long.MAX_VALUE : Long.parseLong(value.strip());
  }

  /** The settings with their values. */
  String listed() {
    return NAMES.stream()
        .filter(name -> settings.apply(name) != null)
        .map(name -> name + "=" + settings.apply(name))
        .collect(Collectors.joining(", "));
  }
}
