// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.maintenance.CompactionPolicy;
import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions;
import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions.VacuumSchedule;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.delta.parquet.WriteOptions.Encoding;
import io.lakehousecdc.sink.delta.schema.NewTables;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The settings of this target, read.
 *
 * @param root {@code delta.root} as it was given
 * @param deletionVectors {@code delta.deletion.vectors}
 * @param codec {@code delta.parquet.compression}
 * @param changeDataFeed {@code delta.change.data.feed}
 * @param tableProperties {@code delta.table.properties.*} by what follows the prefix
 * @param partitionBy {@code delta.partition.by}
 * @param onOverwrite {@code delta.on.overwrite}
 * @param maintenance what is done beside commits
 * @param index where key indexes lie
 */
public record DeltaSettings(
    String root,
    boolean deletionVectors,
    Codec codec,
    boolean changeDataFeed,
    Map<String, String> tableProperties,
    PartitionBy partitionBy,
    OnOverwrite onOverwrite,
    MaintenanceOptions maintenance,
    IndexSettings index) {

  public static final String ROOT = "delta.root";
  public static final String DELETION_VECTORS = "delta.deletion.vectors";
  public static final String COMPRESSION = "delta.parquet.compression";
  public static final String CHANGE_DATA_FEED = "delta.change.data.feed";
  public static final String PARTITION_BY = "delta.partition.by";
  public static final String TABLE_PROPERTIES = "delta.table.properties.";
  public static final String ON_OVERWRITE = "delta.on.overwrite";
  public static final String COMMIT_THREADS = "delta.commit.threads";
  public static final int MOST_COMMIT_THREADS = 256;
  private static final int LOCAL_COMMIT_THREADS = 8;
  private static final int REMOTE_COMMIT_THREADS = 32;

  /** Twice what writing a data file takes: its row group, and parts of it that are under way. */
  private static final long COMMIT_BYTES = 96 << 20;

  public static final String COMPACTION = "delta.compaction";
  public static final String COMPACTION_MEMORY = "delta.compaction.memory.bytes";
  public static final String COMPACTION_PERCENT = "delta.compaction.percent";
  public static final String BACKLOG_MEMORY = "delta.backlog.memory.bytes";
  public static final String TARGET_FILE_BYTES = "delta.target.file.bytes";
  public static final String CHECKPOINT_INTERVAL = "delta.checkpoint.interval";
  public static final String VACUUM = "delta.vacuum";
  public static final String VACUUM_RETENTION = "delta.vacuum.retention";

  private static final Duration LEAST_RETENTION = Duration.ofHours(1);

  private static final List<Setting> OWN =
      List.of(
          Setting.required(
              ROOT,
              Kind.TEXT,
              "Where the tables are, as <root>/<schema>/<table>: an existing directory (a path or a"
                  + " file: URI) that all workers see, or a location in a store, such as"
                  + " s3://bucket/path, abfss://container@account.dfs.core.windows.net/path or"
                  + " gs://bucket/path."),
          Setting.optional(
              DELETION_VECTORS,
              Kind.BOOLEAN,
              "true",
              "Whether created tables remove rows by deletion vectors, which makes the cost of a"
                  + " commit independent of the size of the table. Set it to false for readers"
                  + " that know protocol version 1 only: every commit then rewrites the files that"
                  + " it touches, and timestamps without time zone become instants in UTC."),
          Setting.choice(
              COMPRESSION,
              "zstd",
              List.of("zstd", "snappy", "uncompressed"),
              "Compression of data files."),
          Setting.optional(
              CHANGE_DATA_FEED,
              Kind.BOOLEAN,
              "false",
              "Whether created tables have a change data feed (the table property"
                  + " delta.enableChangeDataFeed), from which other jobs read row by row what each"
                  + " commit has inserted, updated and deleted. A table that exists is fed where it"
                  + " has the property. Commits that update or delete rows take longer, because they"
                  + " read the rows as they were and write both."),
          Setting.optional(
              PARTITION_BY,
              Kind.TEXT,
              null,
              "Columns by which created tables are partitioned, as"
                  + " schema.table:column,column;schema.table:column with names of target tables."
                  + " Each commit writes a file for every partition that it touches: choose columns"
                  + " of few values. Of type boolean, integer, decimal, date or text; an empty text"
                  + " is rejected there, because Delta reads it as NULL."),
          Setting.choice(
              ON_OVERWRITE,
              "fail",
              List.of("fail", "restart", "continue"),
              "What is done where another program has overwritten a table (INSERT OVERWRITE, CREATE"
                  + " OR REPLACE TABLE, TRUNCATE, DELETE of all rows), so that rows delivered before"
                  + " are gone: fail stops the task, restart reads again all that Kafka holds of the"
                  + " table's topics, continue leaves the rows as they are and logs a warning."),
          Setting.optional(
              COMMIT_THREADS,
              Kind.INTEGER,
              null,
              "Number of tables that a task commits, or opens, at a time. By default "
                  + LOCAL_COMMIT_THREADS
                  + " on a local or mounted path, and up to "
                  + REMOTE_COMMIT_THREADS
                  + " on an object store, where most of the time is waiting: one for each 96 MB of"
                  + " the heap. Raise it for hundreds of tables in a task there."),
          Setting.optional(
              COMPACTION,
              Kind.BOOLEAN,
              "true",
              "Whether small files, and files of which most rows are deleted, are compacted in the"
                  + " background. Set it to false where another job (OPTIMIZE) does so."),
          Setting.optional(
              TARGET_FILE_BYTES,
              Kind.INTEGER,
              Long.toString(CompactionPolicy.DEFAULT.targetBytes()),
              "Size that files grow to by compaction, in bytes, and that the batches of a task"
                  + " aim at which is behind (delta.backlog.memory.bytes)."),
          Setting.optional(
              BACKLOG_MEMORY,
              Kind.INTEGER,
              null,
              "Heap that Delta tasks may take for batches while they are behind, in bytes, by the"
                  + " same estimate as flush.max.bytes: shared evenly by those of the worker, over"
                  + " all connectors. A task that reads a snapshot, or changes that were committed at"
                  + " the source for longer than flush.interval.ms, lets its batches grow beyond"
                  + " flush.max.records and flush.max.bytes, to three quarters of its share at most,"
                  + " until they make a file of nearly delta.target.file.bytes, for four times"
                  + " flush.interval.ms at most. The share counts instead of buffer.max.bytes where"
                  + " it is greater. Not set, it is an eighth of the greatest heap (-Xmx); with 0,"
                  + " batches are always of the usual size."),
          Setting.optional(
              COMPACTION_MEMORY,
              Kind.INTEGER,
              null,
              "Heap that compactions may take together, in bytes, over all tables, tasks and"
                  + " connectors of the worker; one that needs more runs alone. Not set, it is a"
                  + " quarter of the greatest heap (-Xmx). A compaction of 64 MB of files takes"
                  + " about 100 MB."),
          Setting.optional(
              COMPACTION_PERCENT,
              Kind.INTEGER,
              Integer.toString(MaintenanceOptions.USUAL_COMPACTION_PERCENT),
              "Share of the time of one thread, from 1 to 100 percent, that compactions of the"
                  + " worker may take together while commits follow each other, as when a backlog"
                  + " or a snapshot is read: there are more small files meanwhile. When there has"
                  + " been no commit to a table for ten seconds, or 80 small files are in a"
                  + " partition, its compaction goes on without pause."),
          Setting.optional(
              CHECKPOINT_INTERVAL,
              Kind.INTEGER,
              "20",
              "Number of commits between two checkpoints of a table's log. Checkpoints are written"
                  + " in the background, and log entries older than the table property"
                  + " delta.logRetentionDuration are removed then. 0 leaves both to other jobs."),
          Setting.optional(
              VACUUM,
              Kind.BOOLEAN,
              "true",
              "Whether data files and deletion vectors that no version within the retention period"
                  + " needs are removed. Set it to false where another job (VACUUM) does so."),
          Setting.optional(
              VACUUM_RETENTION,
              Kind.TEXT,
              "P7D",
              "How long replaced files are kept, as an ISO-8601 duration of at least an hour:"
                  + " longer than any reader or commit takes. Versions older than this can no"
                  + " longer be read."));

  public static final List<Setting> ALL =
      Stream.of(OWN, List.of(PurgeSettings.SETTING), IndexSettings.ALL)
          .flatMap(List::stream)
          .toList();

  /** Settings with the defaults of key indexes. */
  public DeltaSettings(
      String root,
      boolean deletionVectors,
      Codec codec,
      Map<String, String> tableProperties,
      PartitionBy partitionBy,
      OnOverwrite onOverwrite,
      MaintenanceOptions maintenance) {
    this(
        root,
        deletionVectors,
        codec,
        false,
        tableProperties,
        partitionBy,
        onOverwrite,
        maintenance,
        IndexSettings.DEFAULT);
  }

  public static DeltaSettings of(TargetSettings settings) {
    return new DeltaSettings(
        settings.text(ROOT),
        settings.flag(DELETION_VECTORS),
        Codec.named(settings.text(COMPRESSION)),
        settings.flag(CHANGE_DATA_FEED),
        settings.withPrefix(TABLE_PROPERTIES),
        PartitionBy.parse(settings.text(PARTITION_BY)),
        OnOverwrite.valueOf(settings.text(ON_OVERWRITE).toUpperCase(Locale.ROOT)),
        maintenance(settings),
        IndexSettings.of(settings));
  }

  /** How many tables are committed at a time. */
  public static int commitThreads(TargetSettings settings, FileIO store) {
    if (settings.text(COMMIT_THREADS) == null) {
      long fitting = Runtime.getRuntime().maxMemory() / COMMIT_BYTES;
      return store.isRemote()
          ? (int) Math.max(LOCAL_COMMIT_THREADS, Math.min(fitting, REMOTE_COMMIT_THREADS))
          : LOCAL_COMMIT_THREADS;
    }
    return Math.toIntExact(settings.number(COMMIT_THREADS));
  }

  /**
   * Heap for batches of tasks that are behind, in bytes.
   *
   * @param usual what it is where it is not set
   */
  public static long backlogMemory(TargetSettings settings, long usual) {
    return settings.text(BACKLOG_MEMORY) == null ? usual : settings.number(BACKLOG_MEMORY);
  }

  private static MaintenanceOptions maintenance(TargetSettings settings) {
    CompactionPolicy usual = CompactionPolicy.DEFAULT;
    int interval = Math.toIntExact(settings.number(CHECKPOINT_INTERVAL));
    return new MaintenanceOptions(
        settings.flag(COMPACTION)
            ? Optional.of(
                new CompactionPolicy(
                    settings.number(TARGET_FILE_BYTES), usual.minFiles(), usual.minLive()))
            : Optional.empty(),
        interval > 0 ? OptionalInt.of(interval) : OptionalInt.empty(),
        settings.flag(VACUUM)
            ? Optional.of(VacuumSchedule.of(retention(settings.text(VACUUM_RETENTION))))
            : Optional.empty(),
        settings.text(COMPACTION_MEMORY) == null
            ? MaintenanceOptions.usualCompactionMemory()
            : settings.number(COMPACTION_MEMORY),
        Math.toIntExact(settings.number(COMPACTION_PERCENT)),
        PurgeSettings.of(settings));
  }

  /**
   * The retention that a text says.
   *
   * @throws IllegalArgumentException it says none, or less than is safe
   */
  public static Duration retention(String text) {
    Duration retention = duration(text);
    if (retention.compareTo(LEAST_RETENTION) < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is less than an hour: readers and commits under way may need the files");
    }
    return retention;
  }

  static Duration duration(String text) {
    try {
      return Duration.parse(text.trim());
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no ISO-8601 duration: write P7D for seven days, PT12H for twelve hours",
          e);
    }
  }

  /** How data files are written. */
  public WriteOptions writeOptions() {
    return new WriteOptions(codec, deletionVectors ? Encoding.STANDARD : Encoding.LEGACY);
  }

  /** How tables are created; the user's properties win. */
  NewTables newTables() {
    Map<String, String> properties = new TreeMap<>();
    properties.put("delta.feature.domainMetadata", "supported");
    if (deletionVectors) {
      properties.put("delta.enableDeletionVectors", "true");
      properties.put("delta.columnMapping.mode", "name");
    }
    if (changeDataFeed) {
      properties.put("delta.enableChangeDataFeed", "true");
    }
    properties.putAll(tableProperties);
    return new NewTables(deletionVectors, properties, partitionBy);
  }
}
