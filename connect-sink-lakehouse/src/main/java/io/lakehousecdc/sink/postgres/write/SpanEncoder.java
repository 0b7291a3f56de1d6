// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.sql.SpanTable;
import io.lakehousecdc.sink.version.Span;
import io.lakehousecdc.sink.version.Version;

/** The encoder of rows of the {@link SpanTable} for COPY. Not thread-safe. */
final class SpanEncoder {
  /** Microseconds from 1970 to 2000, where PostgreSQL's timestamps begin. */
  private static final long EPOCH_MICROS = 946_684_800_000_000L;

  private final int staging;
  private final CopyBuffer out;

  /**
   * @param staging number of the staging table
   */
  SpanEncoder(int staging, CopyBuffer out) {
    this.staging = staging;
    this.out = out;
  }

  /**
   * Encodes a version.
   *
   * @param change number of a staged change of its key
   */
  void encode(int change, Span span) {
    Version version = span.version();
    out.int16(SpanTable.COLUMNS);
    out.int32(4).int32(staging);
    out.int32(4).int32(change);
    out.int32(2).int16(SpanCounts.kind(span).ordinal());
    position(version.opened());
    out.int32(4).int32(span.values());
    out.int32(4).int32(span.update());
    if (span.source() == null) {
      out.nullField().nullField().nullField();
    } else {
      position(span.source().opened());
    }
    time(version.fromMicros());
    if (version.isCurrent()) {
      out.nullField();
    } else {
      time(version.toMicros());
    }
    out.int32(1).int8(version.isCurrent() ? 1 : 0);
    position(version.applied());
    time(version.appliedMicros());
    out.int32(1).int8(version.operation().charAt(0));
  }

  private void position(Position position) {
    out.int32(4).int32(position.epoch());
    out.int32(8).int64(position.commitLsn());
    out.int32(8).int64(position.lsn());
  }

  /** PostgreSQL has the least number for minus infinity, too. */
  private void time(long micros) {
    out.int32(8).int64(micros == Version.BEGINNING ? micros : micros - EPOCH_MICROS);
  }
}
