// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.snapshot.TablePaths;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.error.FatalException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The table {@code _cdc_offsets} below the root. It has no rows; its metadata domains hold what
 * belongs to no single table. These are the tables that each connector has written to, the states
 * of partitions that feed several tables, or none, the histories of sources, and truncates of
 * tables that did not exist yet.
 */
final class OffsetsTable {
  private static final RowSchema SCHEMA =
      new RowSchema(List.of(new Column("note", Primitive.TEXT, true)), List.of());
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DeltaTable table;
  private final String registry;

  OffsetsTable(DeltaTable table, String connector) {
    this.table = table;
    this.registry = "lakehousecdc.tables." + URLEncoder.encode(connector, StandardCharsets.UTF_8);
  }

  Map<String, String> domains() {
    return table.domains();
  }

  /**
   * Tables that the connector has written to, as {@code domains} tell. Leaves out those that there
   * cannot be: version 0.1 remembered a table before it looked whether it can be written.
   */
  Set<TableId> tables(Map<String, String> domains) {
    String text = domains.get(registry);
    if (text == null) {
      return Set.of();
    }
    try {
      Set<TableId> tables = new LinkedHashSet<>();
      for (List<String> name : JSON.readValue(text, new TypeReference<List<List<String>>>() {})) {
        TableId id = new TableId(name.get(0), name.get(1));
        if (TablePaths.refusal(id).isEmpty()) {
          tables.add(id);
        }
      }
      return tables;
    } catch (JsonProcessingException e) {
      throw new FatalException(
          "The metadata domain " + registry + " is not one that this sink wrote: " + text, e);
    }
  }

  /** Remembers tables, before anything is written to them. */
  void register(Set<TableId> added) {
    set(
        domains -> {
          Set<TableId> all = new LinkedHashSet<>(tables(domains));
          if (!all.addAll(added)) {
            return Optional.empty();
          }
          List<List<String>> names =
              all.stream().map(table -> List.of(table.schema(), table.name())).toList();
          try {
            return Optional.of(
                CommitExtras.of(Map.of(registry, Optional.of(JSON.writeValueAsString(names)))));
          } catch (JsonProcessingException e) {
            throw new IllegalStateException("Lists of strings are valid JSON", e);
          }
        });
  }

  /** Truncates that are remembered of a table that did not exist then. */
  RememberedFloors truncated(TableId truncated) {
    return RememberedFloors.of(truncateName(truncated), domains());
  }

  /** Remembers truncates of a table that does not exist. */
  void truncated(TableId truncated, List<Floor> floors) {
    String name = truncateName(truncated);
    set(
        domains -> {
          RememberedFloors held = RememberedFloors.of(name, domains);
          RememberedFloors next = held.with(floors);
          return next.equals(held)
              ? Optional.empty()
              : Optional.of(CommitExtras.of(Map.of(name, Optional.of(next.text()))));
        });
  }

  private static String truncateName(TableId truncated) {
    return RememberedFloors.NAME
        + "."
        + URLEncoder.encode(truncated.toString(), StandardCharsets.UTF_8);
  }

  /** Changes domains; creates the table where there is none. */
  void set(CommitHook hook) {
    table.setDomains(SCHEMA, hook);
  }
}
