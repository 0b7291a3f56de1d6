// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.apache.kafka.common.config.ConfigDef.NO_DEFAULT_VALUE;

import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetFactory;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;

/** The definitions of the sink's settings, with their documentation for users. */
final class SinkSettings {
  static final String TARGET = "target";
  static final String TABLE_NAME_FORMAT = "table.name.format";
  static final String TABLE_NAME_MAP = "table.name.map";
  static final String WRITE_MODE = "write.mode";
  static final String APPEND_IMAGES = "append.images";
  static final String DELETE_MODE = "delete.mode";
  static final String TRUNCATE_MODE = "truncate.mode";
  static final String KEY_COLUMNS = "key.columns";
  static final String COLUMN_NAME_CASE = "column.name.case";
  static final String SCHEMA_EVOLUTION = "schema.evolution";
  static final String SCHEMA_DROPPED_COLUMNS = "schema.dropped.columns";
  static final String FIELD_INCLUDE_LIST = "field.include.list";
  static final String FIELD_EXCLUDE_LIST = "field.exclude.list";
  static final String METADATA_OP = "metadata.column.op";
  static final String METADATA_TS = "metadata.column.ts";
  static final String METADATA_LSN = "metadata.column.lsn";
  static final String METADATA_COMMIT_LSN = "metadata.column.commit_lsn";
  static final String METADATA_EPOCH = "metadata.column.epoch";
  static final String METADATA_DELETED = "metadata.column.deleted";
  static final String METADATA_UNCHANGED = "metadata.column.unchanged";
  static final String METADATA_CHANGE_TYPE = "metadata.column.change_type";
  static final String METADATA_TXID = "metadata.column.txid";
  static final String METADATA_FIRST_SEEN = "metadata.column.first_seen";
  static final String METADATA_LAST_SEEN = "metadata.column.last_seen";
  static final String SOURCE_EPOCH = "source.epoch";
  static final String SOURCE_RELATION = "source.relation";
  static final String SNAPSHOT_SWEEP = "snapshot.sweep";
  static final String FLUSH_INTERVAL_MS = "flush.interval.ms";
  static final String FLUSH_WHEN_IDLE = "flush.when.idle";
  static final String FLUSH_MAX_RECORDS = "flush.max.records";
  static final String FLUSH_MAX_BYTES = "flush.max.bytes";
  static final String BUFFER_MAX_BYTES = "buffer.max.bytes";
  static final String UNAVAILABLE_VALUE_PLACEHOLDER = "unavailable.value.placeholder";
  static final String SCHEMALESS_TIME_UNIT = "schemaless.time.unit";
  static final String FLATTENED_PREFIX = "flattened.prefix";
  static final String DEAD_LETTER_TABLE = "dead.letter.table";
  static final String DELETE_MEMORY_MS = "delete.memory.ms";
  static final String DELETE_MEMORY_ENTRIES = "delete.memory.entries";
  static final String RETRY_TIMEOUT_MS = "retry.timeout.ms";
  static final String CONSTRAINT_WAIT_MS = "constraint.wait.ms";

  /** The number of a task, which the connector sets in the configuration of each. */
  static final String TASK_NUMBER = "lakehouse.task.number";

  static final ConfigDef DEFINITION = define();

  private SinkSettings() {}

  private static ConfigDef define() {
    SettingGroup tables = new SettingGroup("Tables");
    SettingGroup ordering = new SettingGroup("Ordering");
    SettingGroup flushing = new SettingGroup("Flushing");
    SettingGroup errors = new SettingGroup("Errors");
    ConfigDef definition = new ConfigDef();
    tables
        .choice(
            definition, TARGET, NO_DEFAULT_VALUE, Targets.names(), "Kind of warehouse to write to.")
        .text(
            definition,
            TABLE_NAME_FORMAT,
            "${source.schema}.${source.table}",
            "Name of the target table. May use ${source.db}, ${source.schema}, ${source.table} and"
                + " ${topic}. Where an event has no source block, the topic's last two segments stand"
                + " in for schema and table.")
        .text(
            definition,
            TABLE_NAME_MAP,
            "",
            "Exceptions to table.name.format, as source:target pairs, such as"
                + " public.customers:dwh.dim_customers,public.orders:dwh.fact_orders.")
        .choice(
            definition,
            WRITE_MODE,
            "upsert",
            List.of("upsert", "append", "history"),
            "upsert keeps the current state of each row; append writes every change as a row of its"
                + " own; history keeps every version of a row, with the times at which it was valid"
                + " (slowly changing dimension, type 2).")
        .choice(
            definition,
            APPEND_IMAGES,
            "after",
            List.of("after", "both"),
            "Rows that an update writes, if write.mode is append. after: the row as it is after the"
                + " update; both: also the row before it, where the source sends it (REPLICA IDENTITY"
                + " FULL), and the column named by metadata.column.change_type.")
        .choice(
            definition,
            DELETE_MODE,
            "hard",
            List.of("hard", "soft", "ignore"),
            "hard removes deleted rows (and ends their versions, where write.mode is history); soft keeps their last values and sets the column named by"
                + " metadata.column.deleted; ignore drops deletes, counting them.")
        .choice(
            definition,
            TRUNCATE_MODE,
            "apply",
            List.of("apply", "ignore", "fail"),
            "Effect of a TRUNCATE at the source. apply removes the rows (or marks them as deleted,"
                + " where delete.mode is soft, or writes a row that tells of it, where write.mode is"
                + " append), and stops the task where several tables of one source"
                + " are written to the table, because rows do not tell from which they come (but not"
                + " where write.mode is append); ignore keeps them; fail stops the task. Debezium emits"
                + " truncates only where skipped.operations is none.")
        .text(
            definition,
            KEY_COLUMNS,
            "",
            "Key columns of tables whose record key is missing or unsuitable, as"
                + " table:column,column;table:column with source table names such as public.orders.")
        .choice(
            definition,
            COLUMN_NAME_CASE,
            "exact",
            List.of("exact", "lower"),
            "Case of the target's columns. exact: as at the source; lower: in lower case, so that a"
                + " quoted source column such as \"OrderId\" is written to orderid. Other settings"
                + " name columns as the source does.")
        .choice(
            definition,
            SCHEMA_EVOLUTION,
            "additive",
            List.of("none", "additive"),
            "additive creates tables, adds and widens columns and relaxes NOT NULL as the source"
                + " does; none fails with a message that names the change that would be needed.")
        .choice(
            definition,
            SCHEMA_DROPPED_COLUMNS,
            "keep",
            List.of("keep", "null", "drop"),
            "Effect on the target of a column that the source drops or renames. keep keeps it and its"
                + " values; null keeps it and sets all its values to NULL; drop drops it. If the"
                + " source later adds a column of the same name, old values never come back. Needs"
                + " enveloped events, and schema.evolution=additive.")
        .text(
            definition,
            FIELD_INCLUDE_LIST,
            "",
            "Columns to write, comma-separated, as column or schema.table.column of the source; all"
                + " where empty. Key columns are always written.")
        .text(
            definition,
            FIELD_EXCLUDE_LIST,
            "",
            "Columns not to write, in the form of field.include.list.")
        .text(
            definition,
            METADATA_OP,
            "_cdc_op",
            "Column for the operation: c, u, d or r; k or s where rows shared a deferrable key.")
        .text(definition, METADATA_TS, "_cdc_ts", "Column for the commit time at the source.")
        .text(definition, METADATA_LSN, "_cdc_lsn", "Column for the change's LSN.")
        .text(
            definition,
            METADATA_COMMIT_LSN,
            "_cdc_commit_lsn",
            "Column for the LSN of the commit before the change's transaction.")
        .text(
            definition,
            METADATA_EPOCH,
            "_cdc_epoch",
            "Column for the epoch that the LSNs belong to.")
        .text(
            definition,
            METADATA_DELETED,
            "_cdc_deleted",
            "Column that marks deleted rows, if delete.mode is soft or write.mode is append.")
        .text(
            definition,
            METADATA_UNCHANGED,
            "_cdc_unchanged",
            "Column that lists, if write.mode is append, the columns whose unchanged TOAST values the"
                + " source did not send, to tell them from NULL; NULL where there are none. Left out"
                + " where empty. Existing tables get it by schema.evolution; with none, the task"
                + " stops at a table without it.")
        .text(
            definition,
            METADATA_CHANGE_TYPE,
            "_cdc_change_type",
            "Column, if append.images is both, for the kind of row: insert (also for rows of a"
                + " snapshot), update_preimage, update_postimage or delete, as in Delta's Change Data"
                + " Feed; NULL for a TRUNCATE. Existing tables get it by schema.evolution.")
        .text(
            definition,
            METADATA_TXID,
            "_cdc_txid",
            "Column, if write.mode is append, for the number of the transaction at the source"
                + " (source.txId); NULL in flattened records, which do not tell it. Left out where"
                + " empty. Existing tables get it by schema.evolution; with none, the task stops at a"
                + " table without it.")
        .text(
            definition,
            METADATA_FIRST_SEEN,
            "",
            "Column for the commit time, at the source, of the first change of the key that was"
                + " applied to the row. Updates, replays and later snapshots keep it, and so do"
                + " deletes where delete.mode is soft; a row that is inserted again after it was"
                + " removed is seen for the first time. Left out where empty; not for"
                + " write.mode=append. Existing tables get it by schema.evolution, NULL until the"
                + " next change of a row. See HISTORY.")
        .text(
            definition,
            METADATA_LAST_SEEN,
            "",
            "Column for the commit time, at the source, of the newest change that was applied to the"
                + " row; of rows that a snapshot has read, the time of the snapshot. Otherwise as"
                + " metadata.column.first_seen.");
    ordering
        .validated(
            definition,
            SOURCE_EPOCH,
            "auto",
            SinkSettings::requireEpoch,
            "auto, or the least number of the epoch. A new epoch begins automatically when the"
                + " source's LSNs start over. Raise the number after a switch to another cluster that"
                + " the sink cannot detect by commit times.")
        .choice(
            definition,
            SOURCE_RELATION,
            "auto",
            List.of("auto", "shards", "successors"),
            "How sources (by source.name and source.db) that feed one table are related. shards:"
                + " each holds other rows, so that a truncate or the sweep of one concerns its own"
                + " rows only. successors: each replaces those before it, as a new cluster under"
                + " another topic.prefix does. With auto the task stops at a truncate, or a sweep, of"
                + " a table that several sources feed.")
        .flag(
            definition,
            SNAPSHOT_SWEEP,
            "Remove orphaned rows, which are rows that a completed initial snapshot did not"
                + " contain. If false, they are only reported. Leave it off where snapshots are"
                + " partial by design.")
        .number(
            definition,
            DELETE_MEMORY_MS,
            3_600_000L,
            0,
            "How long deletes are remembered, so that an older change of the same key which arrives"
                + " late from another partition cannot bring the row back.")
        .whole(
            definition,
            DELETE_MEMORY_ENTRIES,
            100_000,
            0,
            "How many deletes are remembered by a task.")
        .text(
            definition,
            UNAVAILABLE_VALUE_PLACEHOLDER,
            "__debezium_unavailable_value",
            "The source's setting of the same name: the placeholder of an unchanged TOAST value.")
        .text(
            definition,
            FLATTENED_PREFIX,
            "__",
            "What precedes the names of metadata fields and headers in flattened records:"
                + " add.fields.prefix and add.headers.prefix of ExtractNewRecordState. Choose one"
                + " that no column has where tables have columns such as __op.")
        .choice(
            definition,
            SCHEMALESS_TIME_UNIT,
            "auto",
            List.of("auto", "adaptive", "milliseconds", "microseconds", "nanoseconds"),
            "Unit of the numbers that stand for times of day and timestamps in JSON without schemas,"
                + " for columns of the target that have such a type. adaptive: milliseconds where"
                + " the column has at most three fraction digits, else microseconds, as the"
                + " source's time.precision.mode=adaptive writes them for columns of the same"
                + " precision. auto: the same, but rejects numbers that may be of another unit:"
                + " timestamps that would lie within 400 days of 1970 or beyond the year 9999, and"
                + " times that are one in milliseconds, too.");
    flushing
        .number(
            definition,
            FLUSH_INTERVAL_MS,
            null,
            1,
            "Longest time between receiving a change and committing it; four times as long where"
                + " batches grow while the task is behind (delta.backlog.memory.bytes)."
                + perTarget("interval"))
        .add(
            definition,
            FLUSH_WHEN_IDLE,
            Type.BOOLEAN,
            null,
            null,
            Importance.MEDIUM,
            "Commit changes before flush.interval.ms has passed, once no more are at hand and the"
                + " last commit is past for four times as long as it took, and for 140 ms (or"
                + " three tenths of flush.interval.ms, if that is less). If false, small commits are fewer and later."
                + perTarget("idle"))
        .number(
            definition,
            FLUSH_MAX_RECORDS,
            null,
            1,
            "Changes after which a batch is committed." + perTarget("records"))
        .number(
            definition,
            FLUSH_MAX_BYTES,
            null,
            1024,
            "Estimated bytes after which a batch is committed." + perTarget("bytes"))
        .number(
            definition,
            BUFFER_MAX_BYTES,
            128L << 20,
            1024,
            "Estimated bytes buffered and in flight, over all tables of a task, past which reading"
                + " pauses; for Delta the task's share of delta.backlog.memory.bytes, where that is"
                + " more.");
    TransactionSettings.define(definition);
    errors
        .text(
            definition,
            DEAD_LETTER_TABLE,
            "",
            "Table of the target that also stores rejected records, as schema.table; none where"
                + " empty.")
        .number(
            definition,
            RETRY_TIMEOUT_MS,
            300_000L,
            0,
            "How long a commit, opening the target or reading its state is retried, from the first"
                + " failure for a transient reason on, and a dead letter queue that does not answer"
                + " is waited for, before the task fails.")
        .number(
            definition,
            CONSTRAINT_WAIT_MS,
            30_000L,
            0,
            "How long a batch that violates a foreign key or unique constraint of the target waits"
                + " for the changes that resolve it.");
    StatusSettings.define(definition);
    HistorySettings.define(definition);
    for (TargetFactory factory : Targets.all()) {
      defineTarget(definition, factory);
    }
    return definition;
  }

  private static String perTarget(String what) {
    StringBuilder text = new StringBuilder(" Default:");
    for (TargetFactory factory : Targets.all()) {
      TargetFactory.FlushDefaults defaults = factory.flushDefaults();
      Object value =
          switch (what) {
            case "interval" -> defaults.intervalMillis();
            case "idle" -> defaults.whenIdle();
            case "records" -> defaults.maxRecords();
            default -> defaults.maxBytes();
          };
      text.append(' ').append(factory.name()).append(' ').append(value).append(',');
    }
    text.setCharAt(text.length() - 1, '.');
    return text.toString();
  }

  private static void defineTarget(ConfigDef definition, TargetFactory factory) {
    SettingGroup group = new SettingGroup("Target " + factory.name());
    for (Setting setting : factory.settings()) {
      String documentation =
          setting.required()
              ? setting.documentation() + " Required where target=" + factory.name() + "."
              : setting.documentation();
      group.add(
          definition,
          setting.key(),
          typeOf(setting.kind()),
          setting.defaultValue(),
          setting.kind() == Setting.Kind.CHOICE
              ? ValidString.in(setting.choices().toArray(String[]::new))
              : null,
          setting.required() ? Importance.HIGH : Importance.MEDIUM,
          documentation);
    }
  }

  private static Type typeOf(Setting.Kind kind) {
    return switch (kind) {
      case TEXT, CHOICE -> Type.STRING;
      case SECRET -> Type.PASSWORD;
      case INTEGER -> Type.LONG;
      case BOOLEAN -> Type.BOOLEAN;
      case LIST -> Type.LIST;
    };
  }

  private static void requireEpoch(String key, Object value) {
    if (!"auto".equals(value) && !String.valueOf(value).matches("\\d{1,9}")) {
      throw new ConfigException(key, value, "must be auto or a number of at least 0");
    }
  }
}
