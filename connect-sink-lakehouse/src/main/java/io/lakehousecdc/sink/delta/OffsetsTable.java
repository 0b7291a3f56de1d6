// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.error.FatalException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The table {@code _cdc_offsets} below the root. It has no rows; its metadata domains hold what
 * belongs to no single table. These are the tables that each connector has written to, the states
 * of partitions that feed several tables, or none, the histories of sources, and truncates of
 * tables that did not exist yet.
 */
final class OffsetsTable {
  private static final RowSchema SCHEMA =
      new RowSchema(List.of(new Column("note", Primitive.TEXT, true)), List.of());

  private final DeltaTable table;
  private final String registry;

  OffsetsTable(DeltaTable table, String connector) {
    this.table = table;
    this.registry = "lakehousecdc.tables." + URLEncoder.encode(connector, StandardCharsets.UTF_8);
  }

  Map<String, String> domains() {
    return table.domains();
  }

  /** Tables that the connector has written to, as {@code domains} tell. */
  TableRegistry tables(Map<String, String> domains) {
    String text = domains.get(registry);
    try {
      return text == null ? TableRegistry.EMPTY : TableRegistry.parse(text);
    } catch (JsonProcessingException e) {
      throw new FatalException(
          "The metadata domain " + registry + " is not one that this sink wrote: " + text, e);
    }
  }

  /**
   * Remembers tables with topics that feed them, before anything is written to them.
   *
   * @return what is remembered then
   */
  TableRegistry register(Map<TableId, Set<String>> feeding) {
    set(
        domains -> {
          TableRegistry held = tables(domains);
          return held.contains(feeding)
              ? Optional.empty()
              : Optional.of(
                  CommitExtras.of(Map.of(registry, Optional.of(held.with(feeding).text()))));
        });
    return tables(domains());
  }

  /** Truncates that {@code domains} remember of a table that did not exist then. */
  static RememberedFloors truncated(TableId truncated, Map<String, String> domains) {
    return RememberedFloors.of(truncateName(truncated), domains);
  }

  /**
   * Remembers truncates of a table that does not exist.
   *
   * @param remembering adds them to what is remembered
   */
  void truncated(TableId truncated, UnaryOperator<RememberedFloors> remembering) {
    String name = truncateName(truncated);
    set(
        domains -> {
          RememberedFloors held = RememberedFloors.of(name, domains);
          RememberedFloors next = remembering.apply(held);
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
