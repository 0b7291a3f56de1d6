// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.PgTable.UniqueIndex;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.tools.UsageException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The tables that a connector keeps equal: what of them is compared, and what is not. */
final class TablePairs {
  private final ConfiguredSink sink;
  private final ReadSession source;
  private final Catalog catalog;
  private final TargetTables targets;

  TablePairs(ConfiguredSink sink, ReadSession source, TargetTables targets) {
    this.sink = sink;
    this.source = source;
    this.catalog = new Catalog(source.first());
    this.targets = targets;
  }

  /** A table of the source, with what is to be done. */
  sealed interface Plan {
    /** A comparison. */
    record Compare(TablePair pair, TargetTables.Table target) implements Plan {}

    /**
     * None.
     *
     * @param reason why the table is not compared
     */
    record Leave(TableId source, String reason) implements Plan {}
  }

  /**
   * Plans for all tables of the connector, in the order of their names.
   *
   * @param topicPrefix {@code topic.prefix} of the source, needed where the connector has a pattern
   *     of topics
   * @param only names of source tables; empty for all
   */
  List<Plan> plans(Optional<String> topicPrefix, Set<String> only) throws Exception {
    requireOneEncoding();
    Map<String, SourceTable> tables = new TreeMap<>();
    topics(topicPrefix).forEach((topic, table) -> tables.put(topic, table));
    if (!only.isEmpty()) {
      String known = tables.values().toString();
      tables.values().removeIf(table -> !only.contains(table.toString()));
      for (String name : only) {
        if (tables.values().stream().noneMatch(table -> table.toString().equals(name))) {
          throw new UsageException(
              "The connector reads no table " + name + " of the source, but " + known);
        }
      }
    }
    if (tables.isEmpty()) {
      throw new UsageException(
          "The source has no table whose topic the connector reads. Does --source-url name the"
              + " database"
              + topicPrefix.map(prefix -> ", and is topic.prefix " + prefix).orElse("")
              + "?");
    }
    Map<TableId, Long> feeding = new LinkedHashMap<>();
    tables.forEach((topic, table) -> feeding.merge(sink.table(table, topic), 1L, Long::sum));
    List<Plan> plans = new ArrayList<>();
    for (Map.Entry<String, SourceTable> each : tables.entrySet()) {
      TableId name = new TableId(each.getValue().schema(), each.getValue().name());
      plans.add(
          feeding.get(sink.table(each.getValue(), each.getKey())) > 1
              ? new Plan.Leave(name, "several source tables are written to its target table")
              : plan(name, each.getValue(), each.getKey()));
    }
    return plans;
  }

  private void requireOneEncoding() throws Exception {
    String here = source.encoding();
    String there = targets.encoding();
    if (!here.equals(there)) {
      throw new UsageException(
          "Texts are in encoding %s at the source and in %s in the target: they cannot be compared."
              .formatted(here, there));
    }
  }

  private Map<String, SourceTable> topics(Optional<String> prefix) throws SQLException {
    Map<String, SourceTable> topics = new TreeMap<>();
    if (!sink.topics().isEmpty()) {
      sink.topics().forEach(topic -> topics.put(topic, SourceTable.ofTopic(topic)));
      return topics;
    }
    String known =
        prefix.orElseThrow(
            () ->
                new UsageException(
                    "The connector has a pattern of topics. Name topic.prefix of the source with"
                        + " --topic-prefix."));
    String sql =
        """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'""";
    try (Statement statement = source.first().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        SourceTable table = new SourceTable("", row.getString(1), row.getString(2));
        if (sink.reads(known + "." + table)) {
          topics.put(known + "." + table, table);
        }
      }
    }
    return topics;
  }

  private Plan plan(TableId name, SourceTable source, String topic) throws Exception {
    Optional<PgTable> table = catalog.table(name);
    if (table.isEmpty()) {
      return new Plan.Leave(name, "the source has no such table (topic " + topic + ")");
    }
    TableId targetName = sink.table(source, topic);
    Optional<TargetTables.Table> target = targets.table(targetName);
    if (target.isEmpty()) {
      return new Plan.Leave(name, "the target has no table " + targetName + " yet");
    }
    if (sink.tables().writeMode() == WriteMode.APPEND) {
      return new Plan.Leave(
          name,
          "write.mode is append: the target has %d rows, one for each change"
              .formatted(target.get().count()));
    }
    return plan(name, source, topic, table.get(), target.get());
  }

  private Plan plan(
      TableId name, SourceTable source, String topic, PgTable table, TargetTables.Table target)
      throws SQLException {
    List<String> configured = sink.keyColumns(source, topic);
    Set<String> keyNames =
        configured.isEmpty()
            ? catalog.primaryKey(table).map(UniqueIndex::columns).orElse(Set.of())
            : Set.copyOf(configured);
    if (keyNames.isEmpty()) {
      return new Plan.Leave(name, "it has no primary key, and key.columns names none");
    }
    List<ComparedColumn> keys = new ArrayList<>();
    List<ComparedColumn> values = new ArrayList<>();
    Map<String, String> uncompared = new LinkedHashMap<>();
    for (PgColumn column : table.columns()) {
      boolean isKey = keyNames.contains(column.name());
      Optional<String> reason = reason(source, column, isKey, target);
      Optional<ComparedColumn> compared =
          reason.isPresent()
              ? Optional.empty()
              : target.compared(column, sink.column(column.name()));
      if (compared.isPresent()) {
        (isKey ? keys : values).add(compared.get());
      } else {
        uncompared.put(
            column.name(),
            reason.orElse("values of type " + column.type().sql() + " have no common form"));
      }
    }
    if (keys.size() < keyNames.size()
        || keys.stream().anyMatch(key -> !key.kinds().source().isKey())) {
      return new Plan.Leave(name, "its key " + keyNames + " cannot be compared");
    }
    return new Plan.Compare(
        new TablePair(name, topic, target.name(), keys, values, uncompared), target);
  }

  /** Why a column is not compared, whatever its type. */
  private Optional<String> reason(
      SourceTable source, PgColumn column, boolean isKey, TargetTables.Table target) {
    if (!isKey && !sink.writes(source, column.name())) {
      return Optional.of("the configuration leaves it out");
    }
    if (column.generated()) {
      return Optional.of("it is generated, and not among streamed changes");
    }
    return target.has(sink.column(column.name()))
        ? Optional.empty()
        : Optional.of("the target has no such column");
  }
}
