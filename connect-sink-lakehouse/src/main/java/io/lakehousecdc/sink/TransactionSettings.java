// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.pipeline.PipelineOptions.Batches;
import io.lakehousecdc.sink.pipeline.transaction.AssemblyOptions;
import io.lakehousecdc.sink.pipeline.transaction.AssemblyOptions.TooLarge;
import io.lakehousecdc.sink.spi.TargetContext.Transactions;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetFactory.Visibility;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/** The settings of transactions that are applied as a whole. */
record TransactionSettings(SinkConfig config) {
  static final String TRANSACTIONS = "transactions";
  static final String TABLES = "transactions.tables";
  static final String TIMEOUT_MS = "transactions.timeout.ms";
  static final String TOO_LARGE = "transactions.too.large";

  /** Far longer than a worker's poll takes, so that silence means that there is nothing. */
  private static final Duration QUIET = Duration.ofSeconds(5);

  private static final String NONE = "none";
  private static final String ORDERED = "ordered";
  private static final String ATOMIC = "atomic";
  private static final String PARTS = "parts";
  private static final String FAIL = "fail";
  private static final String TOPIC = ".transaction";

  /** Adds their definitions. */
  static void define(ConfigDef definition) {
    new SettingGroup("Transactions")
        .choice(
            definition,
            TRANSACTIONS,
            NONE,
            List.of(NONE, ORDERED, ATOMIC),
            "atomic makes the changes of one transaction of the source visible together over all"
                + " tables, in the order of commits, and keeps in the table _cdc_progress up to which"
                + " transaction the tables show the source. It needs a target that commits all tables"
                + " at once (postgres). ordered is for any target: a batch holds whole transactions"
                + " and is followed by _cdc_progress, but where tables are committed one by one"
                + " (delta) they show it one after the other. Both need"
                + " provide.transaction.metadata=true at the source, the topic of transactions among"
                + " the topics of this connector, and tasks.max=1. See TRANSACTIONS.")
        .add(
            definition,
            TABLES,
            Type.LIST,
            "",
            null,
            Importance.LOW,
            "Tables of the source, as schema.table, whose changes a transaction waits for although no"
                + " topic has the name that Debezium gives it (topic.prefix.schema.table), because"
                + " topics are renamed at the source. Topics that have Debezium's names need not be"
                + " listed.")
        .choice(
            definition,
            TOO_LARGE,
            PARTS,
            List.of(PARTS, FAIL),
            "What happens to a transaction that takes more than half of buffer.max.bytes. parts"
                + " applies it as it comes, with a warning, so that readers see it grow. fail stops"
                + " the task before anything of it is visible, for warehouses that must not show a"
                + " part of a transaction: raise buffer.max.bytes then, and restart the task.")
        .number(
            definition,
            TIMEOUT_MS,
            30_000L,
            1,
            "How long a transaction that is not complete holds up those behind it while nothing of"
                + " what it waits for comes. After that it is applied as it is, with a warning.");
  }

  /** Whether transactions are put together before they are applied. */
  boolean areWhole() {
    return !value().equals(NONE);
  }

  private String value() {
    return config.getString(TRANSACTIONS);
  }

  Batches batches() {
    return areWhole() ? Batches.OF_TRANSACTIONS : Batches.OF_CHANGES;
  }

  Transactions inCommits() {
    return areWhole() ? Transactions.WHOLE : Transactions.PARTS;
  }

  AssemblyOptions assembly() {
    return new AssemblyOptions(
        config.getLong(SinkSettings.BUFFER_MAX_BYTES) / 2,
        config.getString(TOO_LARGE).equals(FAIL) ? TooLarge.FAIL : TooLarge.PARTS,
        Duration.ofMillis(config.getLong(TIMEOUT_MS)),
        QUIET,
        topics(),
        Set.copyOf(config.getList(TABLES)));
  }

  private Set<String> topics() {
    String topics = config.originalsStrings().getOrDefault("topics", "");
    return Arrays.stream(topics.split(","))
        .map(String::strip)
        .filter(topic -> !topic.isEmpty())
        .collect(Collectors.toSet());
  }

  /** Adds what keeps transactions from being applied as a whole. */
  void check(List<SettingProblem> problems) {
    if (!areWhole()) {
      Map<String, String> given = config.originalsStrings();
      for (String key : List.of(TABLES, TIMEOUT_MS, TOO_LARGE)) {
        if (given.containsKey(key)) {
          problems.add(
              new SettingProblem(
                  key,
                  "has a meaning only where transactions is ordered or atomic. Leave"
                      + " it out."));
        }
      }
      return;
    }
    if (value().equals(ATOMIC) && config.factory().visibility() != Visibility.TOGETHER) {
      problems.add(
          new SettingProblem(
              TRANSACTIONS,
              "cannot be atomic where target="
                  + config.factory().name()
                  + ": each of its tables is committed on its own, so that no transaction becomes"
                  + " visible in all of them at once. With transactions=ordered a batch holds whole"
                  + " transactions, and _cdc_progress tells when all tables have one."));
    }
    if (config.maxTasks() != 1) {
      problems.add(
          new SettingProblem(
              TRANSACTIONS,
              "cannot be "
                  + value()
                  + " where tasks.max is above 1: the changes of a transaction come from"
                  + " several topics, and one task has to read all of them to apply them together."
                  + " Set tasks.max=1."));
    }
    Set<String> topics = topics();
    if (!topics.isEmpty() && topics.stream().noneMatch(topic -> topic.endsWith(TOPIC))) {
      problems.add(
          new SettingProblem(
              TRANSACTIONS,
              "cannot be "
                  + value()
                  + " without the topic that tells where transactions end: add"
                  + " <topic.prefix>.transaction to topics, and set provide.transaction.metadata=true"
                  + " at the source."));
    }
  }
}
