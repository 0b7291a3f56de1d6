// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** A sink that writes a line for every record that passes the transforms into a file. */
public final class FileSinkConnector extends SinkConnector {
  static final String FILE = "file";

  private Map<String, String> configuration;

  @Override
  public void start(Map<String, String> properties) {
    configuration = properties;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return FileSinkTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, configuration);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef()
        .define(FILE, ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "File to append to.");
  }

  @Override
  public String version() {
    return "test";
  }

  /** The task. */
  public static final class FileSinkTask extends SinkTask {
    private Path file;

    @Override
    public void start(Map<String, String> properties) {
      file = Path.of(properties.get(FILE));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      StringBuilder lines = new StringBuilder();
      records.forEach(record -> lines.append(line(record)).append('\n'));
      try {
        Files.writeString(
            file,
            lines,
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void stop() {}

    @Override
    public String version() {
      return "test";
    }

    /** The row's note, which names the event. */
    private static String line(SinkRecord record) {
      Map<?, ?> after = (Map<?, ?>) ((Map<?, ?>) record.value()).get("after");
      return String.valueOf(after.get("note"));
    }
  }
}
