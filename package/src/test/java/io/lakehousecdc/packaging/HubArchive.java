// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.packaging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** The built archive, read on demand. */
final class HubArchive implements AutoCloseable {
  private final Path path;
  private final ZipFile zip;

  HubArchive(Path path) throws IOException {
    this.path = path;
    this.zip = new ZipFile(path.toFile());
  }

  /** File name without its extension. */
  String name() {
    return path.getFileName().toString().replaceFirst("\\.zip$", "");
  }

  List<? extends ZipEntry> entries() {
    return zip.stream().toList();
  }

  /** Names of the files, relative to the root directory. */
  List<String> files() {
    return entries().stream()
        .filter(entry -> !entry.isDirectory())
        .map(entry -> entry.getName().substring(entry.getName().indexOf('/') + 1))
        .toList();
  }

  /** Names of the jars in lib/, without the directory. */
  List<String> jars() {
    return files().stream()
        .filter(file -> file.startsWith("lib/"))
        .map(file -> file.substring("lib/".length()))
        .toList();
  }

  String text(String file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  /** Files of a jar in lib/, by name. */
  Map<String, byte[]> jar(String jar) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes("lib/" + jar)))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!entry.isDirectory()) {
          files.put(entry.getName(), in.readAllBytes());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Times of the entries of a jar in lib/, in milliseconds since the epoch. */
  Set<Long> timesIn(String jar) {
    Set<Long> times = new HashSet<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes("lib/" + jar)))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        times.add(entry.getTime());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return times;
  }

  byte[] bytes(String file) {
    ZipEntry entry = zip.getEntry(name() + "/" + file);
    if (entry == null) {
      throw new IllegalArgumentException(path + " has no " + file);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
