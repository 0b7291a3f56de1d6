// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.connect.data.Struct;

/**
 * The content of an event's {@code source} block, apart from the table.
 *
 * @param lsn empty in incremental snapshots
 * @param commitLsn {@code sequence[0]}, the end of the last commit delivered before; may be empty
 * @param sequenceLsn {@code sequence[1]}
 * @param snapshot empty while streaming
 * @param txId empty in incremental snapshots
 * @param tsMs commit time; for snapshot rows the time of reading
 */
record SourceBlock(
    OptionalLong lsn,
    OptionalLong commitLsn,
    long sequenceLsn,
    Optional<String> snapshot,
    OptionalLong txId,
    long tsMs) {

  /**
   * Commit times grow with the commit LSN, as in a real source, so that an event built twice has
   * the same time and one of a later transaction a later one.
   */
  private static final long FIRST_COMMIT_MS = 1_767_225_600_000L; // 2026-01-01T00:00:00Z

  static SourceBlock streamed(long commitLsn, long lsn) {
    return new SourceBlock(
        OptionalLong.of(lsn),
        OptionalLong.of(commitLsn),
        lsn,
        Optional.empty(),
        OptionalLong.of(commitLsn),
        FIRST_COMMIT_MS + commitLsn);
  }

  static SourceBlock initialSnapshot(long lsn) {
    return streamed(lsn, lsn).withoutCommitLsn().withSnapshot("true");
  }

  static SourceBlock incrementalSnapshot(long commitLsn, long lsn) {
    return new SourceBlock(
        OptionalLong.empty(),
        OptionalLong.of(commitLsn),
        lsn,
        Optional.of("incremental"),
        OptionalLong.empty(),
        FIRST_COMMIT_MS + commitLsn);
  }

  SourceBlock withoutCommitLsn() {
    return new SourceBlock(lsn, OptionalLong.empty(), sequenceLsn, snapshot, txId, tsMs);
  }

  SourceBlock withSnapshot(String value) {
    return new SourceBlock(lsn, commitLsn, sequenceLsn, Optional.of(value), txId, tsMs);
  }

  SourceBlock withTxId(long value) {
    return new SourceBlock(lsn, commitLsn, sequenceLsn, snapshot, OptionalLong.of(value), tsMs);
  }

  SourceBlock withTsMs(long value) {
    return new SourceBlock(lsn, commitLsn, sequenceLsn, snapshot, txId, value);
  }

  /** {@code ["commit","lsn"]} or {@code [null,"lsn"]}. */
  String sequence() {
    String commit = commitLsn.isPresent() ? "\"%d\"".formatted(commitLsn.getAsLong()) : "null";
    return "[%s,\"%d\"]".formatted(commit, sequenceLsn);
  }

  Struct struct(String server, String database, String schema, String table) {
    Struct struct =
        new Struct(EnvelopeSchemas.SOURCE)
            .put("version", "3.7.0.Final")
            .put("connector", "postgresql")
            .put("name", server)
            .put("ts_ms", tsMs)
            .put("ts_us", tsMs * 1_000)
            .put("ts_ns", tsMs * 1_000_000)
            .put("db", database)
            .put("schema", schema)
            .put("table", table)
            .put("sequence", sequence());
    snapshot.ifPresent(value -> struct.put("snapshot", value));
    lsn.ifPresent(value -> struct.put("lsn", value));
    txId.ifPresent(value -> struct.put("txId", value));
    return struct;
  }
}
