// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.tools.removal.KeyText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to be erased.
 *
 * @param sink the connector that writes the table
 * @param table name of the table in the target
 * @param source name of the table at the source
 * @param key key of the rows, by the names of columns in the target
 * @param keyColumns columns that {@code key.columns} makes the key, by their names in the target;
 *     none where it does not, or where the table's topic is not known
 */
record Subject(
    ConfiguredSink sink, TableId table, SourceTable source, KeyText key, List<String> keyColumns) {

  /**
   * The table that a name means: that of a table at the source which the sink reads, or else of one
   * in the target.
   *
   * @param name with its schema before a dot, where it has one
   * @param topicPrefix {@code topic.prefix} of the source connector, where the sink has a pattern
   *     of topics
   * @param key by the names of columns at the source or in the target
   */
  static Subject of(ConfiguredSink sink, String name, Optional<String> topicPrefix, KeyText key) {
    int dot = name.lastIndexOf('.');
    String schema = dot < 0 ? "" : name.substring(0, dot);
    SourceTable source = new SourceTable("", schema, name.substring(dot + 1));
    Optional<String> topic =
        Stream.concat(
                sink.topics().stream(),
                topicPrefix.map(prefix -> prefix + "." + source).filter(sink::reads).stream())
            .filter(each -> SourceTable.ofTopic(each).toString().equals(source.toString()))
            .findFirst();
    TableId table =
        topic
            .map(each -> sink.table(SourceTable.ofTopic(each), each))
            .orElse(new TableId(schema, source.name()));
    List<String> keyColumns =
        topic
            .map(each -> sink.keyColumns(SourceTable.ofTopic(each), each))
            .orElse(List.of())
            .stream()
            .map(sink::column)
            .toList();
    return new Subject(sink, table, source, inTarget(sink, key), keyColumns);
  }

  private static KeyText inTarget(ConfiguredSink sink, KeyText key) {
    Map<String, String> columns = new LinkedHashMap<>();
    key.columns().forEach((column, text) -> columns.put(sink.column(column), text));
    return new KeyText(columns);
  }

  /** Name of the table at the source, as its server knows it. */
  TableId sourceTable() {
    return new TableId(source.schema(), source.name());
  }

  /** The same with the key written otherwise. */
  Subject with(KeyText written) {
    return new Subject(sink, table, source, inTarget(sink, written), keyColumns);
  }

  /** Whether a topic feeds the table. */
  boolean isFedBy(String topic) {
    if (!sink.reads(topic)) {
      return false;
    }
    TableId fed = sink.table(SourceTable.ofTopic(topic), topic);
    // One may leave the target's default schema out.
    boolean isAnySchema = fed.schema().isEmpty() || table.schema().isEmpty();
    return fed.equals(table) || isAnySchema && fed.name().equals(table.name());
  }

  /** Whether {@link #keyColumns} are known, and all of them are given. */
  boolean hasWholeKey() {
    return !keyColumns.isEmpty() && missingColumns().isEmpty();
  }

  /** Those of {@link #keyColumns} that are not given. */
  List<String> missingColumns() {
    return keyColumns.stream()
        .filter(column -> key.names().stream().noneMatch(column::equalsIgnoreCase))
        .toList();
  }

  /** Tells which records are about the key. */
  RecordText records() {
    return new RecordText(key, sink::column);
  }
}
