// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import java.util.OptionalLong;

/** Where a commit comes from, as its {@code commitInfo} says. */
public sealed interface CommitOrigin {

  /** A commit of this sink, in whichever process. */
  record Own() implements CommitOrigin {}

  /**
   * A RESTORE: active files are those of an older version; metadata domains are not touched.
   *
   * @param version the older version; empty where a time was given instead
   */
  record Restore(OptionalLong version) implements CommitOrigin {}

  /** Any other commit of another program. */
  record Foreign() implements CommitOrigin {}
}
