// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import java.util.List;

/** A factory of targets of one kind. Stateless. */
public interface TargetFactory {

  /** Value of the {@code target} setting that selects this kind. */
  String name();

  /** Settings of this kind, each prefixed with its name; documented for users. */
  List<Setting> settings();

  /** Beginnings of further settings, of any name, that the target reads: {@code delta.x.}. */
  default List<String> families() {
    return List.of();
  }

  /** How the tables of one commit become visible. */
  enum Visibility {
    /** All at once. */
    TOGETHER,
    /** One after the other. */
    TABLE_BY_TABLE
  }

  /** How the tables of one commit become visible to readers of such a target. */
  default Visibility visibility() {
    return Visibility.TABLE_BY_TABLE;
  }

  /** Defaults of the flush settings for this kind. */
  FlushDefaults flushDefaults();

  /**
   * Checks the settings and, within a few seconds, whether the warehouse can be reached and used.
   * Ignores missing settings, which are reported elsewhere, and does not throw for wrong ones.
   *
   * @return one entry per wrong setting; empty if there is none
   */
  List<SettingProblem> validate(TargetSettings settings);

  /**
   * Opens the warehouse.
   *
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be opened
   */
  Target open(TargetSettings settings, TargetContext context);

  /**
   * Reads the status of a connector's tables, for people: nothing is created or locked.
   *
   * @return in any order; empty where none was stored
   * @throws io.lakehousecdc.sink.error.TargetException it cannot be read
   */
  default List<TableStatus> status(TargetSettings settings, String connector) {
    return List.of();
  }

  /**
   * Defaults of the flush policy.
   *
   * @param intervalMillis {@code flush.interval.ms}
   * @param whenIdle {@code flush.when.idle}
   * @param maxRecords {@code flush.max.records}
   * @param maxBytes {@code flush.max.bytes}, estimated heap size
   */
  record FlushDefaults(long intervalMillis, boolean whenIdle, int maxRecords, long maxBytes) {}

  /**
   * A problem with a setting.
   *
   * @param key full name of the setting
   * @param message what is wrong and what to do, without secrets
   */
  record SettingProblem(String key, String message) {}
}
