// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import java.util.Map;
import java.util.Optional;

/**
 * The changes of the commits after a known version, as the difference between that version and the
 * last of them.
 *
 * @param files by path: the file as it is now, or empty where it is no longer active
 * @param domains metadata domains by name: their value now, or empty where removed
 * @param schemaChanged whether metadata or protocol may be other than before
 */
public record LogChanges(
    Map<String, Optional<DataFile>> files,
    Map<String, Optional<String>> domains,
    boolean schemaChanged) {}
