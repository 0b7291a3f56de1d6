// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.maintenance.PurgeSchedule;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.time.Duration;
import java.util.Optional;

/** The setting that says after what time nothing of a deleted row is stored any more. */
public final class PurgeSettings {
  public static final String AFTER = "delta.purge.deleted.after";

  /** Time for the rewriting of files, beside that for which the old ones are kept. */
  private static final Duration LEAST = Duration.ofHours(1);

  static final Setting SETTING =
      Setting.optional(
          AFTER,
          Kind.TEXT,
          null,
          "Time after which nothing of a row that was deleted, or of what it was before an update,"
              + " is stored in data files, as an ISO-8601 duration such as P30D: files with such"
              + " rows are written anew, whatever their share, early enough that the vacuum has"
              + " removed the old ones by then. Longer than delta.vacuum.retention by an hour at"
              + " least; needs delta.vacuum. Versions older than this cannot be read, whatever the"
              + " table property delta.deletedFileRetentionDuration says. Soft deletes, logs and"
              + " versions are rows of the table, and stay. Not set, deleted rows that are few in a"
              + " large file stay in it.");

  private PurgeSettings() {}

  static Optional<PurgeSchedule> of(TargetSettings settings) {
    return text(settings)
        .map(
            text ->
                new PurgeSchedule(
                    DeltaSettings.duration(text),
                    DeltaSettings.retention(settings.text(DeltaSettings.VACUUM_RETENTION)),
                    settings.number(DeltaSettings.TARGET_FILE_BYTES)));
  }

  /**
   * What is wrong with it; empty where nothing is.
   *
   * @throws IllegalArgumentException {@code delta.vacuum.retention} is wrong
   */
  public static Optional<SettingProblem> problem(TargetSettings settings) {
    return text(settings)
        .flatMap(text -> problem(text, settings))
        .map(problem -> new SettingProblem(AFTER, problem));
  }

  private static Optional<String> problem(String text, TargetSettings settings) {
    if (!settings.flag(DeltaSettings.VACUUM)) {
      return Optional.of(
          "needs " + DeltaSettings.VACUUM + "=true: the files that are replaced have to go, too");
    }
    Duration retention = DeltaSettings.retention(settings.text(DeltaSettings.VACUUM_RETENTION));
    try {
      return DeltaSettings.duration(text).compareTo(retention.plus(LEAST)) < 0
          ? Optional.of(
              "has to be longer than "
                  + DeltaSettings.VACUUM_RETENTION
                  + " ("
                  + retention
                  + "), for which replaced files are kept, by an hour at least")
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static Optional<String> text(TargetSettings settings) {
    return Optional.ofNullable(settings.text(AFTER)).filter(text -> !text.isBlank());
  }
}
