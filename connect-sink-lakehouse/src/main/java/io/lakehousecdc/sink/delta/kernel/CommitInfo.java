// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import java.util.OptionalLong;

/** The account that a commit gives of itself in its {@code commitInfo} action: who made it. */
public sealed interface CommitInfo {

  /** A commit of this sink, in whichever process. */
  record Own() implements CommitInfo {}

  /**
   * A RESTORE: active files are those of an older version; metadata domains are not touched.
   *
   * @param version the older version; empty where a time was given instead
   */
  record Restore(OptionalLong version) implements CommitInfo {}

  /**
   * A commit that replaces rows whichever they are, such as INSERT OVERWRITE or CREATE OR REPLACE
   * TABLE, or removes all of them; metadata domains are not touched, or removed.
   *
   * @param operation what it calls itself
   */
  record Overwrite(String operation) implements CommitInfo {}

  /** Any other commit of another program. */
  record Foreign() implements CommitInfo {}
}
