// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

/** Why a change is not applied although its record is good. */
public enum SkipReason {
  /** A newer change of the key is stored, or in the same batch. */
  SUPERSEDED(
      "a newer change of the row is applied already",
      "This is normal after a restart of the source, which emits changes again, and after a change"
          + " of the number of partitions."),
  /** It is from before a truncate of its table. */
  BELOW_TRUNCATE(
      "the table was truncated after it",
      "This is normal where a topic has several partitions: the truncate was read first. If it goes"
          + " on although no partition lags, see source.relation, or raise source.epoch."),
  /** It is from before a snapshot whose sweep has removed what the snapshot did not contain. */
  BELOW_SWEEP(
      "a completed snapshot that came after it did not contain the row",
      "This is normal where a topic has several partitions: the snapshot's end was read first. If"
          + " it goes on although no partition lags, see source.relation, or raise source.epoch."),
  /** It is of a history that another one has followed, and the row is of the later one. */
  OLDER_HISTORY(
      "the row is of a later history of LSNs",
      "This is normal for the backlog of a source that was replaced or restored. If the source still"
          + " writes, see source.relation, or raise source.epoch."),
  /** The source has emitted it again, and the table holds every change as a row. */
  REPEATED("the source has emitted it again", "This is normal after a restart of the source."),
  /** It has come again, leaves values of its row unchanged, and the row is gone. */
  NO_ROW(
      "the row that it concerns is not there",
      "This is normal after a restart of the source, which emits changes again. Otherwise compare"
          + " the table with the source: others may have removed rows."),
  /** It is a delete that came in order, of a row that is not there. */
  NOTHING_TO_DELETE(
      "it deletes a row that is not there",
      "This is normal for rows that no snapshot has read, whose creation was rejected, or that"
          + " others have removed. Otherwise the key of the delete is made up, and the row that was"
          + " deleted at the source is still here: with REPLICA IDENTITY USING INDEX, or with"
          + " message.key.columns, PostgreSQL logs other columns of the old row than those of the"
          + " record key. Set REPLICA IDENTITY FULL for the table at the source, or set"
          + " message.key.columns to the columns of the identity's index; then compare the table"
          + " with the source, or let a snapshot with snapshot.sweep=true remove what is left.");

  private final String description;
  private final String advice;

  SkipReason(String description, String advice) {
    this.description = description;
    this.advice = advice;
  }

  /** What has happened, as part of a sentence. */
  public String description() {
    return description;
  }

  /** What to think and to do of it, in sentences. */
  public String advice() {
    return advice;
  }
}
