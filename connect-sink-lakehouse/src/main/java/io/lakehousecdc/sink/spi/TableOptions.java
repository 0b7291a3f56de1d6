// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.SchemalessTime;
import java.util.Optional;

/**
 * The options for writing tables that apply to every target.
 *
 * @param writeMode what the rows of a table are
 * @param deleteMode effect of a delete in upsert mode
 * @param evolution whether the sink creates and alters tables
 * @param droppedColumns effect of a column that the source drops
 * @param metadata names of the metadata columns
 * @param deadLetterTable table for rejected records
 * @param relation how sources that feed one table are related
 * @param schemalessTime unit of numbers that stand for times in schemaless JSON
 * @param history how versions are told apart; there is one where the write mode is {@link
 *     WriteMode#HISTORY}
 */
public record TableOptions(
    WriteMode writeMode,
    DeleteMode deleteMode,
    Evolution evolution,
    DroppedColumns droppedColumns,
    MetadataColumns metadata,
    Optional<String> deadLetterTable,
    SourceRelation relation,
    SchemalessTime schemalessTime,
    Optional<HistoryOptions> history) {

  public TableOptions {
    if (history.isPresent() != (writeMode == WriteMode.HISTORY)) {
      throw new IllegalArgumentException("Options of history go with its write mode");
    }
  }

  /** Options of tables without history. */
  public TableOptions(
      WriteMode writeMode,
      DeleteMode deleteMode,
      Evolution evolution,
      DroppedColumns droppedColumns,
      MetadataColumns metadata,
      Optional<String> deadLetterTable,
      SourceRelation relation,
      SchemalessTime schemalessTime) {
    this(
        writeMode,
        deleteMode,
        evolution,
        droppedColumns,
        metadata,
        deadLetterTable,
        relation,
        schemalessTime,
        Optional.empty());
  }

  /** The same, for tables of versions. */
  public TableOptions withHistory(HistoryOptions versions) {
    return new TableOptions(
        WriteMode.HISTORY,
        deleteMode,
        evolution,
        droppedColumns,
        metadata,
        deadLetterTable,
        relation,
        schemalessTime,
        Optional.of(versions));
  }

  /** Options of sources whose numbers tell their unit. */
  public TableOptions(
      WriteMode writeMode,
      DeleteMode deleteMode,
      Evolution evolution,
      DroppedColumns droppedColumns,
      MetadataColumns metadata,
      Optional<String> deadLetterTable,
      SourceRelation relation) {
    this(
        writeMode,
        deleteMode,
        evolution,
        droppedColumns,
        metadata,
        deadLetterTable,
        relation,
        SchemalessTime.AUTO);
  }

  /** Options of sources whose relation is not told. */
  public TableOptions(
      WriteMode writeMode,
      DeleteMode deleteMode,
      Evolution evolution,
      DroppedColumns droppedColumns,
      MetadataColumns metadata,
      Optional<String> deadLetterTable) {
    this(
        writeMode,
        deleteMode,
        evolution,
        droppedColumns,
        metadata,
        deadLetterTable,
        SourceRelation.AUTO);
  }

  /** Options that keep dropped columns. */
  public TableOptions(
      WriteMode writeMode,
      DeleteMode deleteMode,
      Evolution evolution,
      MetadataColumns metadata,
      Optional<String> deadLetterTable) {
    this(writeMode, deleteMode, evolution, DroppedColumns.KEEP, metadata, deadLetterTable);
  }

  /** {@code write.mode}. */
  public enum WriteMode {
    /** A table holds the current state of each row. */
    UPSERT,
    /** A table holds a row for each change. */
    APPEND,
    /** A table holds a row for each version of a row. */
    HISTORY
  }

  /** {@code delete.mode}; under {@code ignore} a target receives no deletes. */
  public enum DeleteMode {
    HARD,
    SOFT,
    IGNORE
  }

  /** {@code schema.evolution}. */
  public enum Evolution {
    NONE,
    ADDITIVE
  }

  /** {@code schema.dropped.columns}. */
  public enum DroppedColumns {
    KEEP,
    NULL,
    DROP
  }

  /**
   * Names of the metadata columns that every table has beside the source's: operation code (text),
   * commit time (timestamp with time zone), LSN and commit LSN (64-bit integers), epoch (32-bit
   * integer); {@code deleted} (boolean) only with soft deletes and in append mode. {@code
   * unchanged}, empty where there is none, is in append mode a column of the batches themselves
   * ({@link UnchangedColumn}), and needs nothing of the target. {@code firstSeen} ({@link
   * FirstSeen}) and {@code lastSeen} (commit time of the newest change applied), timestamps with
   * time zone, are empty where there are none, as in append mode. {@code changeType} and {@code
   * transaction} are, as {@code unchanged} is, columns of batches of append mode, where they are
   * not empty: {@code changeType} where an update is logged with the row that it has replaced.
   */
  public record MetadataColumns(
      String op,
      String ts,
      String lsn,
      String commitLsn,
      String epoch,
      String deleted,
      Optional<String> unchanged,
      Optional<String> firstSeen,
      Optional<String> lastSeen,
      Optional<String> changeType,
      Optional<String> transaction) {

    /** Names of tables that have no more columns than these. */
    public MetadataColumns(
        String op,
        String ts,
        String lsn,
        String commitLsn,
        String epoch,
        String deleted,
        Optional<String> unchanged) {
      this(
          op,
          ts,
          lsn,
          commitLsn,
          epoch,
          deleted,
          unchanged,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    /** The same names for tables that do not tell when a key was seen. */
    public MetadataColumns withoutSeen() {
      return new MetadataColumns(
          op,
          ts,
          lsn,
          commitLsn,
          epoch,
          deleted,
          unchanged,
          Optional.empty(),
          Optional.empty(),
          changeType,
          transaction);
    }

    public static final MetadataColumns DEFAULT =
        new MetadataColumns(
            "_cdc_op",
            "_cdc_ts",
            "_cdc_lsn",
            "_cdc_commit_lsn",
            "_cdc_epoch",
            "_cdc_deleted",
            Optional.of("_cdc_unchanged"));
  }

  public static final TableOptions DEFAULT =
      new TableOptions(
          WriteMode.UPSERT,
          DeleteMode.HARD,
          Evolution.ADDITIVE,
          MetadataColumns.DEFAULT,
          Optional.empty());
}
