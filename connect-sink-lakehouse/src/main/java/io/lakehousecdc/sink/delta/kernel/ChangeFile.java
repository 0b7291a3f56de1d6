// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * A file of a table's change data feed: rows as they were before and after a commit.
 *
 * @param path within the table, percent-encoded as in the log
 * @param partitionValues values of the partition columns as text, by physical name
 * @param size length in bytes
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#add-cdc-file">Delta
 *     protocol: Add CDC File</a>
 */
public record ChangeFile(String path, Map<String, String> partitionValues, long size) {
  /** Directory within a table in which such files lie. */
  public static final String DIRECTORY = "_change_data";

  public ChangeFile {
    requireNonNull(path, "path");
    requireNonNull(partitionValues, "partitionValues");
  }
}
