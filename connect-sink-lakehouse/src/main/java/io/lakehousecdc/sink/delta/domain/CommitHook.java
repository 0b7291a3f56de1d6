// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import java.util.Map;
import java.util.Optional;

/** What a commit does beside its rows, decided by what the table holds. */
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
   * @param sweepDue whether the batch's sweep is carried out
   */
  record CommitExtras(Map<String, Optional<String>> domains, boolean sweepDue) {}
}
