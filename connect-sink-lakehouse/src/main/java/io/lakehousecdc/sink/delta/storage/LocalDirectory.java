// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The directory of a local file: its names on the disk, and what others keep beside the file. */
final class LocalDirectory {
  private LocalDirectory() {}

  /** Makes the names in a directory durable. */
  static void force(Path directory) throws IOException {
    if (File.separatorChar == '\\') {
      return; // Windows neither offers nor needs it: directories cannot be opened there
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Removes what Hadoop's local file system keeps beside a file that it has written: readers that
   * go through it, such as Spark, refuse a file that does not fit its checksum.
   */
  static void dropChecksum(Path path) throws IOException {
    Files.deleteIfExists(path.resolveSibling("." + path.getFileName() + ".crc"));
  }
}
