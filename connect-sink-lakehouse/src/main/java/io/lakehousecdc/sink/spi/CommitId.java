// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import java.util.UUID;

/**
 * Identity of a {@link Commit}: unique over all processes and for ever, so that a target can store
 * it with what it commits. A commit that is tried again keeps its id; a commit of other content,
 * however little it differs, has another. Compared by value. Immutable.
 *
 * @param value never null
 */
public record CommitId(UUID value) {

  /** An id that no other commit has. */
  public static CommitId unique() {
    return new CommitId(UUID.randomUUID());
  }
}
