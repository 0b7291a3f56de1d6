// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.index.IndexBudget;
import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The settings of key indexes.
 *
 * @param memoryBytes {@code delta.index.memory.bytes}; empty for the default
 * @param directory {@code delta.index.dir}
 */
public record IndexSettings(OptionalLong memoryBytes, Optional<Path> directory) {

  public static final String MEMORY_BYTES = "delta.index.memory.bytes";
  public static final String DIRECTORY = "delta.index.dir";

  static final IndexSettings DEFAULT = new IndexSettings(OptionalLong.empty(), Optional.empty());

  static final List<Setting> ALL =
      List.of(
          Setting.optional(
              MEMORY_BYTES,
              Kind.INTEGER,
              null,
              "Bytes of direct memory that the key indexes of all tables and connectors of a worker"
                  + " hold together before those of this connector go on in files, at about 16"
                  + " bytes a row (26 where the key does not fit 64 bits). By default a quarter of"
                  + " -XX:MaxDirectMemorySize."),
          Setting.optional(
              DIRECTORY,
              Kind.TEXT,
              null,
              "Directory on a local disk of each worker for key indexes. They are kept there when a"
                  + " task stops, and now and then before, so that the next start reads what was"
                  + " changed since, and not the keys of whole tables; and what exceeds"
                  + " delta.index.memory.bytes lies there. Not set, indexes are not kept, and that"
                  + " lies in java.io.tmpdir. Workers may share it."));

  static IndexSettings of(TargetSettings settings) {
    String bytes = settings.text(MEMORY_BYTES);
    return new IndexSettings(
        bytes == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(bytes.trim())),
        directory(settings));
  }

  /** What is wrong with them on this worker. Makes the directory where it is not there. */
  public static List<SettingProblem> problems(TargetSettings settings) {
    List<SettingProblem> problems = new ArrayList<>();
    String bytes = settings.text(MEMORY_BYTES);
    if (bytes != null && !bytes.trim().matches("\\d{1,18}")) {
      problems.add(new SettingProblem(MEMORY_BYTES, "must be a number of bytes, at least 0"));
    }
    try {
      directory(settings).ifPresent(IndexSettings::requireWritable);
    } catch (FatalException | InvalidPathException e) {
      problems.add(new SettingProblem(DIRECTORY, e.getMessage()));
    }
    return problems;
  }

  /**
   * Makes the directory where it is not there.
   *
   * @throws FatalException this worker cannot write to it
   */
  public void requireWritable() {
    directory.ifPresent(IndexSettings::requireWritable);
  }

  private static void requireWritable(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.delete(Files.createTempFile(directory, "probe-", ".tmp"));
    } catch (IOException e) {
      throw new FatalException(
          DIRECTORY
              + " "
              + directory
              + " is not a directory that this worker can write to ("
              + e
              + "). Create it on every worker for the user that runs it, name another, or leave"
              + " the setting out.",
          e);
    }
  }

  private static Optional<Path> directory(TargetSettings settings) {
    return Optional.ofNullable(settings.text(DIRECTORY))
        .filter(text -> !text.isBlank())
        .map(text -> Path.of(text.trim()).toAbsolutePath());
  }

  /**
   * Where indexes lie.
   *
   * @param budget what the indexes of the worker hold
   */
  IndexMemory memory(IndexBudget budget) {
    return new IndexMemory(
        budget,
        memoryBytes.orElseGet(IndexBudget::quarterOfDirectMemory),
        directory.orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"))));
  }
}
