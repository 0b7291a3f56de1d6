// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import io.lakehousecdc.sink.batch.Sweep;
import java.util.Map;
import java.util.Optional;

/** A hook of a commit: decides, by what the table holds, what the commit does beside its rows. */
@FunctionalInterface
public interface CommitHook {

  /**
   * Called for each version that the commit is planned against.
   *
   * @param domains metadata domains of that version
   * @return empty where the table holds the commit already
   * @throws io.lakehousecdc.sink.error.FencedException the commit must not be made
   */
  Optional<CommitExtras> decide(Map<String, String> domains);

  /**
   * What goes into a commit beside rows.
   *
   * @param domains metadata domains to set or, where empty, to remove
   * @param due the batch's sweep, where it is to be carried out
   */
  record CommitExtras(Map<String, Optional<String>> domains, Optional<Sweep> due) {

    /** Domains and no sweep. */
    public static CommitExtras of(Map<String, Optional<String>> domains) {
      return new CommitExtras(domains, Optional.empty());
    }

    /** Domains and no sweep; empty, so that there is no commit, where there are no domains. */
    public static Optional<CommitExtras> unlessEmpty(Map<String, Optional<String>> domains) {
      return domains.isEmpty() ? Optional.empty() : Optional.of(of(domains));
    }
  }
}
