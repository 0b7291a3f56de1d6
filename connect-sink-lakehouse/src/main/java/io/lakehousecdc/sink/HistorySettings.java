// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.decode.table.ColumnLists;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.HistoryOptions.Since;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TrackedColumns;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** The settings of {@code write.mode=history}, and their rules. Stateless. */
final class HistorySettings {
  static final String COLUMNS = "history.columns";
  static final String COLUMNS_EXCLUDE = "history.columns.exclude";
  static final String SINCE = "history.since";
  static final String VALID_FROM = "history.column.valid_from";
  static final String VALID_TO = "history.column.valid_to";
  static final String IS_CURRENT = "history.column.is_current";
  static final String FROM_EPOCH = "history.column.from_epoch";
  static final String FROM_COMMIT_LSN = "history.column.from_commit_lsn";
  static final String FROM_LSN = "history.column.from_lsn";

  private static final String PREFIX = "history.";

  private HistorySettings() {}

  static void define(ConfigDef definition) {
    HistoryColumns names = HistoryColumns.DEFAULT;
    new SettingGroup("History")
        .text(
            definition,
            COLUMNS,
            "",
            "Columns whose changes make a version of a row, if write.mode is history, as"
                + " table:column,column;table:column with names in the target, such as"
                + " public.customers:status,city. Others are updated in place, in the version that"
                + " is current. Of a table that is not named every column makes versions.")
        .text(
            definition,
            COLUMNS_EXCLUDE,
            "",
            "Columns whose changes make no version, in the form of history.columns.")
        .choice(
            definition,
            SINCE,
            "first-change",
            List.of("first-change", "beginning"),
            "Since when the first version of a row is valid that an initial snapshot brings."
                + " first-change: since the time of the snapshot; beginning: since ever (-infinity"
                + " in PostgreSQL, 0001-01-01 in Delta Lake).")
        .text(
            definition,
            VALID_FROM,
            names.validFrom(),
            "Column for the commit time from which on a version is valid.")
        .text(
            definition,
            VALID_TO,
            names.validTo(),
            "Column for the time until which a version is valid, exclusive; NULL in the current"
                + " one.")
        .text(
            definition,
            IS_CURRENT,
            names.current(),
            "Column that tells the current version of a row.")
        .text(
            definition,
            FROM_EPOCH,
            names.epoch(),
            "Column for the epoch of the change that has opened a version; with the key and the two"
                + " columns that follow it is the key of the table.")
        .text(
            definition,
            FROM_COMMIT_LSN,
            names.commitLsn(),
            "Column for the commit LSN of the change that has opened a version.")
        .text(
            definition,
            FROM_LSN,
            names.lsn(),
            "Column for the LSN of the change that has opened a version.");
  }

  /**
   * The options.
   *
   * @throws ConfigException a list is malformed
   */
  static HistoryOptions options(AbstractConfig config) {
    try {
      return new HistoryOptions(
          new HistoryColumns(
              config.getString(VALID_FROM),
              config.getString(VALID_TO),
              config.getString(IS_CURRENT),
              config.getString(FROM_EPOCH),
              config.getString(FROM_COMMIT_LSN),
              config.getString(FROM_LSN)),
          config.getString(SINCE).equals("beginning") ? Since.BEGINNING : Since.FIRST_CHANGE,
          new TrackedColumns(lists(config, COLUMNS), lists(config, COLUMNS_EXCLUDE)));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  private static Map<String, Set<String>> lists(AbstractConfig config, String key) {
    Map<String, Set<String>> lists = new LinkedHashMap<>();
    ColumnLists.parse(key, config.getString(key))
        .forEach((table, columns) -> lists.put(table, new HashSet<>(columns)));
    return lists;
  }

  /** The names of columns, by the settings that give them; none where there are no versions. */
  static Map<String, String> columns(TableOptions tables) {
    Map<String, String> columns = new LinkedHashMap<>();
    if (tables.history().isPresent()) {
      HistoryColumns names = tables.history().get().columns();
      columns.put(VALID_FROM, names.validFrom());
      columns.put(VALID_TO, names.validTo());
      columns.put(IS_CURRENT, names.current());
      columns.put(FROM_EPOCH, names.epoch());
      columns.put(FROM_COMMIT_LSN, names.commitLsn());
      columns.put(FROM_LSN, names.lsn());
    }
    return columns;
  }

  /** Adds one entry per violated rule. */
  static void check(SinkConfig config, List<SettingProblem> problems) {
    TableOptions tables = config.tables();
    Optional<HistoryOptions> history = tables.history();
    if (history.isEmpty()) {
      config.originals().keySet().stream()
          .filter(key -> key.startsWith(PREFIX))
          .sorted()
          .forEach(
              key ->
                  problems.add(
                      new SettingProblem(
                          key,
                          "has a meaning only where write.mode=history. Leave it out, or keep"
                              + " versions.")));
      return;
    }
    if (tables.deleteMode() == DeleteMode.SOFT) {
      problems.add(
          new SettingProblem(
              SinkSettings.DELETE_MODE,
              "soft has no meaning where write.mode=history: a delete ends the version that is"
                  + " current, and the row stays. Leave delete.mode out, or use ignore."));
    }
    seen(SinkSettings.METADATA_FIRST_SEEN, tables.metadata().firstSeen(), problems);
    seen(SinkSettings.METADATA_LAST_SEEN, tables.metadata().lastSeen(), problems);
    for (String table : history.get().tracked().namedTwice()) {
      problems.add(
          new SettingProblem(
              COLUMNS_EXCLUDE,
              "names the table " + table + ", and so does history.columns. Use one of them."));
    }
  }

  private static void seen(String key, Optional<String> column, List<SettingProblem> problems) {
    if (column.isPresent()) {
      problems.add(
          new SettingProblem(
              key,
              "has no meaning where write.mode=history: versions tell since when and until when a"
                  + " key was there. Leave it out."));
    }
  }
}
