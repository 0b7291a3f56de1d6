// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The storage of a Delta warehouse, which fails, and of which there is a backup. */
record Storage(Path root) {
  static Storage of(Replica replica) {
    return new Storage(((DeltaWarehouse) replica.warehouse).root());
  }

  /** Makes every access fail: where the directory was there is a file. */
  void takeAway() throws IOException {
    Files.move(root, beside("away"));
    Files.createFile(root);
  }

  /** Ends what {@link #takeAway} began. */
  void bringBack() throws IOException {
    Files.delete(root);
    Files.move(beside("away"), root);
  }

  /** Keeps everything as it is now. */
  void backUp() throws IOException {
    copy(root, beside("backup"));
  }

  /** Puts what was kept in the place of what is there. */
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

  /** Directories before what is in them. */
  private static List<Path> tree(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.toList();
    }
  }
}
