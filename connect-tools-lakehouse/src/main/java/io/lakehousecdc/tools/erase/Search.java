// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import java.util.List;
import java.util.OptionalLong;

/**
 * The result of a search of one target.
 *
 * @param findings what was found where
 * @param searched places that were searched, by name: files, tables
 * @param unchecked places that could not be searched from here, and what holds for them
 * @param ofSeveralKeys whether rows of several keys were found, as far as the target can tell
 * @param live whether the row is one of the source's present state, as far as the target knows
 * @param deleteLsn LSN of the source's delete; empty where the target does not tell
 */
record Search(
    List<Finding> findings,
    List<String> searched,
    List<String> unchecked,
    boolean ofSeveralKeys,
    boolean live,
    OptionalLong deleteLsn) {
  Search {
    findings = List.copyOf(findings);
    searched = List.copyOf(searched);
    unchecked = List.copyOf(unchecked);
  }
}
