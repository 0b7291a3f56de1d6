// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The cache of compiled readers of all tables, and the record of which table each topic carries.
 * Not thread safe.
 */
public final class TableReaders {
  private static final int BOUND = 2_000;

  private record ReaderKey(
      SourceTable source, String topic, RecordForm form, Layout row, Layout key) {}

  /** What is known of a topic from its records so far. */
  public static final class Topic {
    private SourceTable table;
    private TableReader reader;
    private Layout key;
    private boolean carriesSeveral;
    private boolean carriesFlatRows;

    /** Whether rows of several tables were seen, so that a tombstone does not tell its table. */
    public boolean carriesSeveral() {
      return carriesSeveral;
    }

    /** Whether flattened rows were seen, so that tombstones are the only deletes. */
    public boolean carriesFlatRows() {
      return carriesFlatRows;
    }
  }

  private final DecodeOptions options;
  private final Placeholders placeholders;
  private final Warnings warnings;
  private final Map<ReaderKey, TableReader> readers = new BoundedCache<>(BOUND);
  private final Map<String, Topic> topics = new HashMap<>();

  public TableReaders(DecodeOptions options, Placeholders placeholders, Warnings warnings) {
    this.options = options;
    this.placeholders = placeholders;
    this.warnings = warnings;
  }

  /**
   * The reader of a table's rows, compiled at the first call.
   *
   * @param row layout of rows; null if only the key is known
   * @param key layout of record keys; null if records have none
   */
  public TableReader reader(
      SourceTable source, String topic, RecordForm form, Layout row, Layout key) {
    ReaderKey readerKey = new ReaderKey(source, topic, form, row, key);
    TableReader reader = readers.get(readerKey);
    if (reader == null) {
      TableId target = target(source, topic);
      List<String> names = row == null ? List.of() : form.columns(row);
      reader =
          TableCompiler.compile(
              target,
              row,
              names.stream().filter(name -> options.fields().keeps(source, name)).toList(),
              key,
              options.keys().columns(source, target),
              row != null && form instanceof RecordForm.Envelope ? topic + ":" + source : null,
              options.columnCase(),
              placeholders);
      warnings.ofSchema(target, reader.schema(), row, options.columnCase());
      readers.put(readerKey, reader);
    }
    return reader;
  }

  /** The target table of a source table. */
  public TableId target(SourceTable source, String topic) {
    return options.naming().table(source, topic);
  }

  /** Registers the table and reader of a row seen in a topic. */
  public void register(
      String topic, SourceTable source, TableReader reader, Layout key, RecordForm form) {
    Topic seen = topics.computeIfAbsent(topic, name -> new Topic());
    seen.carriesSeveral |= seen.table != null && !seen.table.equals(source);
    seen.table = source;
    seen.reader = reader;
    seen.key = key;
    seen.carriesFlatRows |= form instanceof RecordForm.Flat;
  }

  /** What is known of a topic; empty if no row of it was seen. */
  public Topic topic(String name) {
    return topics.getOrDefault(name, new Topic());
  }

  /** The reader for a tombstone: that of the topic's rows, or else one of the key only. */
  public TableReader readerOfKey(String topicName, Layout key) {
    Topic topic = topic(topicName);
    if (topic.reader != null && topic.key == key) {
      return topic.reader;
    }
    SourceTable source = topic.table == null ? SourceTable.ofTopic(topicName) : topic.table;
    return reader(source, topicName, new RecordForm.Flat(Set.of()), null, key);
  }
}
