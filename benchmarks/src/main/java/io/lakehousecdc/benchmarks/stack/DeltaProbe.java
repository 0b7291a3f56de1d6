// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.quickstart.warehouse.DeltaReader;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * The probe of a Delta target. It follows the table's log, in which new files have statistics of
 * their least and greatest key.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics">
 *     Per-file statistics</a>
 */
final class DeltaProbe implements Probe {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path table;
  private final List<Path> tables;
  private final PostgresDatabase scratch;
  private final Shape shape;
  private final List<String> flags;
  private long version;
  private String key = "";
  private long least = Long.MAX_VALUE;
  private long greatest;

  /**
   * @param destination its database takes the rows for {@link #fingerprint}
   * @param tables names of the tables that hold the rows of {@code orders} together; the first is
   *     looked into for single keys
   * @param flags names of columns that are true in the rows which count
   */
  DeltaProbe(Destination destination, Shape shape, List<String> tables, List<String> flags) {
    this.shape = shape;
    this.flags = flags;
    this.tables = tables.stream().map(destination.deltaRoot().resolve("public")::resolve).toList();
    this.table = this.tables.get(0);
    this.scratch = destination.database();
  }

  @Override
  public boolean lastRowIsVisible() throws IOException {
    readOn();
    return least <= Shape.LAST_ID;
  }

  @Override
  public long highestId() throws IOException {
    readOn();
    return greatest;
  }

  @Override
  public String fingerprint() throws SQLException, IOException {
    shape.create(scratch, 0);
    for (Path each : tables) {
      copy(each);
    }
    return shape.fingerprint(scratch);
  }

  private void copy(Path from) throws SQLException, IOException {
    List<String> columns = new ArrayList<>(shape.columns());
    columns.addAll(flags);
    int width = shape.columns().size();
    String rows =
        new DeltaReader()
            .rows(from.toString(), columns).stream()
                .filter(row -> row.subList(width, row.size()).stream().allMatch("true"::equals))
                .map(row -> String.join("\t", row.subList(0, width)))
                .collect(Collectors.joining("\n", "", "\n"));
    try (Connection connection = scratch.connect()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "copy orders (%s) from stdin".formatted(String.join(", ", shape.columns())),
              new StringReader(rows));
    }
  }

  @Override
  public void close() {}

  private void readOn() throws IOException {
    for (Path entry = entry(); Files.exists(entry); entry = entry()) {
      for (String line : Files.readAllLines(entry)) {
        read(JSON.readTree(line));
      }
      version++;
    }
  }

  private Path entry() {
    return table.resolve("_delta_log").resolve("%020d.json".formatted(version));
  }

  private void read(JsonNode action) throws IOException {
    if (action.has("metaData")) {
      for (JsonNode field :
          JSON.readTree(action.at("/metaData/schemaString").asText()).get("fields")) {
        if (field.get("name").asText().equals("id")) {
          key = field.get("metadata").path("delta.columnMapping.physicalName").asText("id");
        }
      }
    }
    String statistics = action.at("/add/stats").asText();
    if (!statistics.isEmpty()) {
      JsonNode values = JSON.readTree(statistics);
      least = Math.min(least, values.path("minValues").path(key).asLong(Long.MAX_VALUE));
      greatest = Math.max(greatest, values.path("maxValues").path(key).asLong());
    }
  }
}
