// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A store, and the files that a test makes there. */
abstract class FilesOfTest {
  /** The store, the same for a test method. */
  protected abstract FileIO store();

  /** A directory of its own for each test method, without anything in it, resolved. */
  protected abstract String directory();

  protected final String at(String name) {
    return directory() + "/" + name;
  }

  protected final void write(String name, String content) throws IOException {
    try (FileOutput output = store().create(at(name))) {
      output.write(content.getBytes(UTF_8));
      output.complete();
    }
  }

  protected final String read(String name) throws IOException {
    try (FileInput input = store().open(at(name))) {
      ByteBuffer content = ByteBuffer.allocate((int) input.length());
      input.readFully(0, content);
      return new String(content.array(), UTF_8);
    }
  }

  final void makeDirectory(String name) throws IOException {
    store().createDirectories(at(name));
  }

  final List<String> names(String from) throws IOException {
    return store().listFrom(from).stream().map(FileInfo::name).toList();
  }

  /**
   * Names of all files in the directory, those that are being written apart; none where it is
   * missing.
   */
  final List<String> walked() throws IOException {
    List<FileInfo> found = new ArrayList<>();
    try {
      store().walk(directory(), found::add);
    } catch (FileNotFoundException empty) {
      return List.of();
    }
    return found.stream()
        .filter(file -> !store().isPartial(file))
        .map(FileInfo::name)
        .sorted()
        .collect(Collectors.toList());
  }
}
