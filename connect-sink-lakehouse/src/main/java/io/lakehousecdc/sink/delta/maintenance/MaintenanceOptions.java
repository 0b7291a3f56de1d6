// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The options of what is done for a table beside its commits.
 *
 * @param compaction how files are merged; empty for not at all
 * @param checkpointInterval commits from one checkpoint to the next; empty for none
 * @param vacuum what is removed when; empty for nothing
 * @param compactionMemory heap that all compactions of the worker may take together, in bytes
 * @param compactionPercent share of the time that compactions may take while commits follow each
 *     other, over all tables of the worker together, from 1 to 100
 * @param purge when deleted rows are gone for good; empty where nobody has asked for it. Needs a
 *     vacuum
 */
public record MaintenanceOptions(
    Optional<CompactionPolicy> compaction,
    OptionalInt checkpointInterval,
    Optional<VacuumSchedule> vacuum,
    long compactionMemory,
    int compactionPercent,
    Optional<PurgeSchedule> purge) {

  /** Compaction takes a tenth of the processor time of two cores at most. */
  public static final int USUAL_COMPACTION_PERCENT = 20;

  /** With a quarter of the heap, and a fifth of the time, for compactions. */
  public MaintenanceOptions(
      Optional<CompactionPolicy> compaction,
      OptionalInt checkpointInterval,
      Optional<VacuumSchedule> vacuum) {
    this(compaction, checkpointInterval, vacuum, usualCompactionMemory(), USUAL_COMPACTION_PERCENT);
  }

  /** Without a time after which deleted rows are gone. */
  public MaintenanceOptions(
      Optional<CompactionPolicy> compaction,
      OptionalInt checkpointInterval,
      Optional<VacuumSchedule> vacuum,
      long compactionMemory,
      int compactionPercent) {
    this(
        compaction,
        checkpointInterval,
        vacuum,
        compactionMemory,
        compactionPercent,
        Optional.empty());
  }

  public MaintenanceOptions {
    requireNonNull(compaction, "compaction");
    requireNonNull(checkpointInterval, "checkpointInterval");
    requireNonNull(vacuum, "vacuum");
    requireNonNull(purge, "purge");
  }

  /** A quarter of the heap. */
  public static long usualCompactionMemory() {
    return Runtime.getRuntime().maxMemory() / 4;
  }

  /** The same with a time after which deleted rows are gone. */
  public MaintenanceOptions with(PurgeSchedule schedule) {
    return new MaintenanceOptions(
        compaction,
        checkpointInterval,
        vacuum,
        compactionMemory,
        compactionPercent,
        Optional.of(schedule));
  }

  /** For how long a file is kept after it was replaced; zero where none is removed. */
  Duration retention() {
    return vacuum.map(VacuumSchedule::retention).orElse(Duration.ZERO);
  }

  /**
   * When files are removed.
   *
   * @param retention for how long a file is kept after it was replaced
   * @param interval time between two looks at all files of a table
   */
  public record VacuumSchedule(Duration retention, Duration interval) {

    /** Looks as often as the disk use between two of them stays small against the retention's. */
    public static VacuumSchedule of(Duration retention) {
      Duration tenth = retention.dividedBy(10);
      Duration hour = Duration.ofHours(1);
      return new VacuumSchedule(retention, tenth.compareTo(hour) < 0 ? tenth : hour);
    }
  }
}
