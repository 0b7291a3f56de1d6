// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import java.util.Objects;

/**
 * The rules of a {@link SourceHistory} that its users have chosen differently.
 *
 * @param epochs how epochs come about
 * @param base which snapshot a streamed event without a commit LSN stands on
 */
public record HistoryRules(EpochPolicy epochs, SnapshotBase base) {

  /** Rejects a missing part. */
  public HistoryRules {
    Objects.requireNonNull(epochs, "epochs");
    Objects.requireNonNull(base, "base");
  }
}
