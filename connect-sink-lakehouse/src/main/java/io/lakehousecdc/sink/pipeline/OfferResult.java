// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

/** What became of a record that was offered to a {@link Pipeline}. */
public sealed interface OfferResult {
  /** The one instance of {@link Accepted}. */
  OfferResult ACCEPTED = new Accepted();

  /** The record was taken in, or the target has it already. */
  record Accepted() implements OfferResult {}

  /**
   * The record was not taken in: its partition has to be read again.
   *
   * @param offset next offset to read; that of the record itself where it only came too early
   */
  record Rewind(long offset) implements OfferResult {}
}
