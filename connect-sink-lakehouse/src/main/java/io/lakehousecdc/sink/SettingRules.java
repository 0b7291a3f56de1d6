// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static java.util.Locale.ROOT;

import io.lakehousecdc.sink.pipeline.PipelineOptions;
import io.lakehousecdc.sink.spi.ColumnChanges;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The checks that concern several settings at once. Stateless. */
final class SettingRules {
  private static final String OFFSET_RESET = "consumer.override.auto.offset.reset";

  private SettingRules() {}

  /** One entry per violated rule. */
  static List<SettingProblem> check(SinkConfig config) {
    List<SettingProblem> problems = new ArrayList<>();
    checkMetadataColumns(config.tables(), problems);
    checkModes(config, problems);
    HistorySettings.check(config, problems);
    checkEvolution(config.tables(), problems);
    checkErrors(config, problems);
    config.transactions().check(problems);
    PipelineOptions.Flushing flushing = config.pipelineOptions().flushing();
    if (flushing.maxSize().compareTo(flushing.maxBuffered()) > 0) {
      problems.add(
          new SettingProblem(
              SinkSettings.BUFFER_MAX_BYTES,
              "is below flush.max.bytes, so that no batch could ever be full. Raise it, or lower"
                  + " flush.max.bytes."));
    }
    return problems;
  }

  private static void checkMetadataColumns(TableOptions tables, List<SettingProblem> problems) {
    MetadataColumns columns = tables.metadata();
    Map<String, String> keys = new LinkedHashMap<>(HistorySettings.columns(tables));
    keys.put(SinkSettings.METADATA_OP, columns.op());
    keys.put(SinkSettings.METADATA_TS, columns.ts());
    keys.put(SinkSettings.METADATA_LSN, columns.lsn());
    keys.put(SinkSettings.METADATA_COMMIT_LSN, columns.commitLsn());
    keys.put(SinkSettings.METADATA_EPOCH, columns.epoch());
    keys.put(SinkSettings.METADATA_DELETED, columns.deleted());
    columns.changeType().ifPresent(name -> keys.put(SinkSettings.METADATA_CHANGE_TYPE, name));
    keys.forEach(
        (key, name) -> {
          if (name.isBlank()) {
            problems.add(new SettingProblem(key, "must name a column"));
          }
        });
    columns.unchanged().ifPresent(name -> keys.put(SinkSettings.METADATA_UNCHANGED, name));
    columns.transaction().ifPresent(name -> keys.put(SinkSettings.METADATA_TXID, name));
    columns.firstSeen().ifPresent(name -> keys.put(SinkSettings.METADATA_FIRST_SEEN, name));
    columns.lastSeen().ifPresent(name -> keys.put(SinkSettings.METADATA_LAST_SEEN, name));
    Map<String, String> seen = new HashMap<>();
    keys.forEach(
        (key, name) -> {
          String other = seen.put(name, key);
          if (other != null) {
            problems.add(
                new SettingProblem(key, "names the column " + name + ", and so does " + other));
          }
        });
  }

  private static void checkModes(SinkConfig config, List<SettingProblem> problems) {
    TableOptions tables = config.tables();
    if (tables.writeMode() == WriteMode.APPEND && tables.deleteMode() == DeleteMode.SOFT) {
      problems.add(
          new SettingProblem(
              SinkSettings.DELETE_MODE,
              "soft has no meaning where write.mode=append: every delete is a row of its own there."
                  + " Leave delete.mode out, or use ignore."));
    }
    if (tables.writeMode() == WriteMode.APPEND && config.getBoolean(SinkSettings.SNAPSHOT_SWEEP)) {
      problems.add(
          new SettingProblem(
              SinkSettings.SNAPSHOT_SWEEP, "has no meaning where write.mode=append"));
    }
    if (tables.writeMode() != WriteMode.APPEND && tables.metadata().changeType().isPresent()) {
      problems.add(
          new SettingProblem(
              SinkSettings.APPEND_IMAGES,
              "both has a meaning only where write.mode=append. Leave it out, or append changes."));
    }
    if (tables.writeMode() == WriteMode.APPEND) {
      requireNoSeenColumn(
          SinkSettings.METADATA_FIRST_SEEN, tables.metadata().firstSeen(), problems);
      requireNoSeenColumn(SinkSettings.METADATA_LAST_SEEN, tables.metadata().lastSeen(), problems);
    }
  }

  private static void requireNoSeenColumn(
      String key, Optional<String> column, List<SettingProblem> problems) {
    if (column.isPresent()) {
      problems.add(
          new SettingProblem(
              key,
              "has no meaning where write.mode=append: a key has a row for each change there, with"
                  + " its time in the column of metadata.column.ts. Leave it out, and ask for the"
                  + " least and the greatest of these times."));
    }
  }

  private static void checkEvolution(TableOptions tables, List<SettingProblem> problems) {
    if (tables.droppedColumns() != DroppedColumns.KEEP && !ColumnChanges.areFollowed(tables)) {
      problems.add(
          new SettingProblem(
              SinkSettings.SCHEMA_DROPPED_COLUMNS,
              "can only be keep where write.mode is append or history (every row keeps its columns) or"
                  + " schema.evolution=none (tables are yours to change)."));
    }
  }

  private static void checkErrors(SinkConfig config, List<SettingProblem> problems) {
    Map<String, String> all = config.originalsStrings();
    boolean tolerant = "all".equals(all.get("errors.tolerance"));
    String queue = all.getOrDefault("errors.deadletterqueue.topic.name", "");
    if (tolerant && queue.isBlank()) {
      problems.add(
          new SettingProblem(
              "errors.tolerance",
              "all without errors.deadletterqueue.topic.name drops bad records in silence. Name a"
                  + " dead letter queue, or leave errors.tolerance out."));
    }
    checkReset(all.get(OFFSET_RESET), problems);
  }

  /** Where an offset is no longer in its topic, only the earliest one misses no record. */
  private static void checkReset(String reset, List<SettingProblem> problems) {
    if (reset != null && !List.of("earliest", "none").contains(reset.strip().toLowerCase(ROOT))) {
      problems.add(
          new SettingProblem(
              OFFSET_RESET,
              reset.strip()
                  + " skips the records of a partition that is new, or that is read again from an"
                  + " offset which its topic no longer holds. Leave it out: Connect's default is"
                  + " earliest."));
    }
  }
}
