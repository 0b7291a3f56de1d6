// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One atomic change of a table. A file that changes its deletion vector is in both lists: as it was
 * in {@code removed}, as it shall be in {@code added}.
 *
 * @param removed files as they are active in the version that the commit builds on
 * @param added files that become active
 * @param changes files of the change data feed; where there are any, its readers look at no other
 *     file of the commit
 * @param domains metadata domains to set, or to remove where empty
 * @param dataChange whether rows change; false for a mere rearrangement
 */
public record NewCommit(
    List<DataFile> removed,
    List<DataFile> added,
    List<ChangeFile> changes,
    Map<String, Optional<String>> domains,
    boolean dataChange) {

  /** A commit that tells the change data feed nothing but what its files tell. */
  public NewCommit(
      List<DataFile> removed,
      List<DataFile> added,
      Map<String, Optional<String>> domains,
      boolean dataChange) {
    this(removed, added, List.of(), domains, dataChange);
  }

  /** A commit of metadata domains alone. */
  public static NewCommit ofDomains(Map<String, Optional<String>> domains) {
    return new NewCommit(List.of(), List.of(), domains, false);
  }
}
