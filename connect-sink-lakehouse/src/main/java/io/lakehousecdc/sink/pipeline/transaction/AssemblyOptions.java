// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import java.time.Duration;
import java.util.Set;

/**
 * How transactions are put together. Immutable.
 *
 * @param maxBytes estimated size past which a transaction is too large, and partitions that are
 *     ahead of it are paused
 * @param tooLarge what becomes of such a transaction
 * @param patience after how long without a record of what is waited for a transaction is taken as
 *     complete
 * @param quiet after how long without a record partitions have nothing more of a transaction whose
 *     counts cannot be trusted
 * @param topics topics that will be read even if they are not assigned yet
 * @param tables tables ({@code schema.table}) whose changes are waited for although no topic has
 *     their name
 */
public record AssemblyOptions(
    long maxBytes,
    TooLarge tooLarge,
    Duration patience,
    Duration quiet,
    Set<String> topics,
    Set<String> tables) {
  /** What becomes of transactions that take more memory than there is for them. */
  public enum TooLarge {
    /** They are handed over as they come, with a warning. */
    PARTS,
    /** They are an error, and nothing of them is handed over. */
    FAIL
  }
}
