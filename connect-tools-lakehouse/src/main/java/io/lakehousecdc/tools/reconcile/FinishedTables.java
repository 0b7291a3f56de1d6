// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The tables that earlier, interrupted runs have found equal, kept in a file. For one thread. */
final class FinishedTables {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Optional<Path> file;
  private final String connector;
  private final Set<String> tables;

  private FinishedTables(Optional<Path> file, String connector, Set<String> tables) {
    this.file = file;
    this.connector = connector;
    this.tables = tables;
  }

  /**
   * Reads the file, where there is one.
   *
   * @throws UsageException it cannot be read, or is of another connector
   */
  static FinishedTables of(Optional<Path> file, String connector) {
    Set<String> tables = new TreeSet<>();
    if (file.isPresent() && Files.exists(file.get())) {
      try {
        JsonNode json = JSON.readTree(file.get().toFile());
        if (!json.path("connector").asText().equals(connector)) {
          throw new UsageException(
              file.get() + " is of another connector than " + connector + ". Name another file.");
        }
        json.path("equal").forEach(table -> tables.add(table.asText()));
      } catch (IOException e) {
        throw new UsageException("Cannot read " + file.get(), e);
      }
    }
    return new FinishedTables(file, connector, tables);
  }

  boolean contains(TableId source) {
    return tables.contains(source.toString());
  }

  /** Remembers a table that is equal, and has no row that was still moving. */
  void note(Outcome outcome) {
    if (file.isEmpty() || !outcome.isEqual() || outcome.moving() > 0) {
      return;
    }
    tables.add(outcome.pair().source().toString());
    ObjectNode json = JSON.createObjectNode().put("connector", connector);
    tables.forEach(json.putArray("equal")::add);
    try {
      Path part = Path.of(file.get() + ".part");
      JSON.writeValue(part.toFile(), json);
      Files.move(part, file.get(), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UsageException("Cannot write " + file.get(), e);
    }
  }

  /** Forgets all once a run is complete. */
  void end(boolean complete) {
    if (complete && file.isPresent()) {
      try {
        Files.deleteIfExists(file.get());
      } catch (IOException e) {
        throw new UsageException("Cannot remove " + file.get(), e);
      }
    }
  }
}
