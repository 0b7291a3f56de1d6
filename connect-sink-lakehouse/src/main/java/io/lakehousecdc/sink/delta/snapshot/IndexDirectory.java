// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names of files in a worker's directory of key indexes, and the removal of old ones. */
public final class IndexDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(IndexDirectory.class);
  private static final String KEPT = ".keys";
  private static final String PARTIAL = ".keys.tmp";
  private static final Duration UNUSED = Duration.ofDays(30);
  private static final Duration ABANDONED = Duration.ofDays(1);

  private IndexDirectory() {}

  /** Name of the file of a table: its directory's, for the reader, and a hash of the location. */
  public static String name(String location) {
    String table = location.substring(location.lastIndexOf('/') + 1);
    String readable = table.replaceAll("[^A-Za-z0-9_-]", "_");
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(location.getBytes(UTF_8));
      return readable.substring(0, Math.min(40, readable.length()))
          + "-"
          + HexFormat.of().formatHex(hash, 0, 12)
          + KEPT;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** A new file beside {@code name} that only its owner can read: it holds the key of the hash. */
  static Path partial(Path name) throws IOException {
    Files.createDirectories(name.getParent());
    return Files.createTempFile(name.getParent(), name.getFileName() + "-", PARTIAL);
  }

  /**
   * Removes what nobody has used for a month, such as indexes of tables that were dropped or that
   * other workers keep now, and what processes that died have left behind. What fails is logged.
   */
  public static void clean(Path directory) {
    long now = System.currentTimeMillis();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.keys*")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Duration kept = name.endsWith(PARTIAL) ? ABANDONED : UNUSED;
        if ((name.endsWith(PARTIAL) || name.endsWith(KEPT))
            && now - modified(file) > kept.toMillis()
            && Files.deleteIfExists(file)) {
          LOG.info("Removed {}, which was not used for {} days", file, kept.toDays());
        }
      }
    } catch (IOException e) {
      LOG.warn("Cannot remove old key indexes from {}: {}", directory, e.toString());
    }
  }

  /** Now where another process has removed it. */
  private static long modified(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (NoSuchFileException gone) {
      return Long.MAX_VALUE;
    }
  }
}
