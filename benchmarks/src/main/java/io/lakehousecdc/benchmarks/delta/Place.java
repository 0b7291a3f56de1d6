// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the tables of a measurement are.
 *
 * @param root {@code delta.root}
 * @param files the directory that they are in, in the end
 * @param settings of the store
 */
record Place(String root, Path files, Map<String, String> settings) {

  /** A directory. */
  static Place local(Path directory) {
    return new Place(directory.toString(), directory, Map.of());
  }

  /** The same files without the store before them, which is a quick way to fill a table. */
  Place direct() {
    return local(files);
  }

  /** With more settings. */
  Place with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(more);
    return new Place(root, files, all);
  }
}
