// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.delta.schema.ChangeColumns;
import io.lakehousecdc.sink.delta.schema.PartitionValues;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * A reader of a local table's change data feed, as the protocol describes it: of the files that a
 * commit names for it, or else of those that the commit adds.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#change-data-files">Delta
 *     protocol: Change Data Files</a>
 */
final class ChangeFeedReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalFileIO store = new LocalFileIO();
  private final RowFileReader files = new RowFileReader(store);
  private final Path table;
  private final TableLog log;

  ChangeFeedReader(Path table) {
    this.table = table;
    this.log = new TableLog(store, table.toString());
  }

  /**
   * A change of a row.
   *
   * @param row values by column name
   */
  record Change(String type, Map<String, Object> row) {}

  /** The newest version. */
  long newest() {
    return log.latest().orElseThrow().number();
  }

  /** The changes that a version's commit made, in no order. */
  List<Change> of(long version) throws IOException {
    List<JsonNode> told = new ArrayList<>();
    List<JsonNode> added = new ArrayList<>();
    boolean removes = false;
    for (String line :
        Files.readAllLines(table.resolve("_delta_log/%020d.json".formatted(version)))) {
      JsonNode action = JSON.readTree(line);
      if (action.has("cdc")) {
        told.add(action.path("cdc"));
      } else if (action.path("add").path("dataChange").asBoolean()) {
        added.add(action.path("add"));
      }
      removes |= action.path("remove").path("dataChange").asBoolean();
    }
    if (told.isEmpty() && removes) {
      throw new AssertionError("version " + version + " removes rows and does not say which");
    }
    List<Change> changes = new ArrayList<>();
    for (JsonNode file : told.isEmpty() ? added : told) {
      read(version, file, !told.isEmpty(), changes);
    }
    return changes;
  }

  private void read(long version, JsonNode file, boolean told, List<Change> to) throws IOException {
    List<DeltaColumn> columns = log.version(version).columns();
    List<DeltaColumn> stored =
        columns.stream()
            .filter(column -> !file.path("partitionValues").has(column.physicalName()))
            .toList();
    Map<String, Object> shared = new HashMap<>();
    for (DeltaColumn column : columns) {
      if (file.path("partitionValues").has(column.physicalName())) {
        JsonNode value = file.path("partitionValues").path(column.physicalName());
        shared.put(column.name(), PartitionValues.value(column.type(), value.textValue()));
      }
    }
    String location = table + "/" + URI.create(file.path("path").asText()).getPath();
    long size = file.path("size").asLong();
    RoaringBitmap all = new RoaringBitmap();
    all.add(0L, files.rows(location, size));
    files.read(
        location,
        size,
        all,
        told ? ChangeColumns.after(stored) : stored,
        (number, values) -> {
          Map<String, Object> row = new HashMap<>(shared);
          for (int i = 0; i < stored.size(); i++) {
            row.put(stored.get(i).name(), values[i]);
          }
          to.add(new Change(told ? (String) values[stored.size()] : "insert", row));
        });
  }
}
