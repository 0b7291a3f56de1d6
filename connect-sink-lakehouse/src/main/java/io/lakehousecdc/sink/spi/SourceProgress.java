// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

/**
 * How far the tables show a source: everything up to and including a transaction, in the order of
 * commits, and nothing of later ones.
 *
 * @param source name of the source, which is its {@code topic.prefix}
 * @param transaction number of the transaction at the source
 * @param commitLsn LSN of its commit; -1 where not known
 * @param commitMillis its commit time, milliseconds since the epoch
 */
public record SourceProgress(
    String source, String transaction, long commitLsn, long commitMillis) {}
