// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The storage of a Delta warehouse, with failures, backup and restore. */
record Storage(Path root) {
  static Storage of(Replica replica) {
    return new Storage(((DeltaWarehouse) replica.warehouse).root());
  }

  /** Makes every access fail, by a file in place of the directory. */
  void takeAway() throws IOException {
    Files.move(root, beside("away"));
    Files.createFile(root);
  }

  /** Ends what {@link #takeAway} began. */
  void bringBack() throws IOException {
    Files.delete(root);
    Files.move(beside("away"), root);
  }

  /** Makes a backup of the current state. */
  void backUp() throws IOException {
    copy(root, beside("backup"));
  }

  /** Restores the backup. */
  void restore() throws IOException {
    delete(root);
    copy(beside("backup"), root);
  }

  private Path beside(String suffix) {
    return root.resolveSibling(root.getFileName() + "-" + suffix);
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path each : tree(from)) {
      Files.copy(each, to.resolve(from.relativize(each)));
    }
  }

  private static void delete(Path directory) throws IOException {
    for (Path each : tree(directory).stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(each);
    }
  }

  /** All paths, directories before their content. */
  private static List<Path> tree(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.toList();
    }
  }
}
