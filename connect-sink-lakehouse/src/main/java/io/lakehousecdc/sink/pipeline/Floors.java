// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the floors of truncates and sweeps. Whose rows they remove has to be known where several
 * sources feed a table. Used by the task thread only.
 */
final class Floors {
  private final SourceRelation relation;
  private final HistoryBook book;
  private final Map<TableId, Map<Integer, Floor>> truncates = new HashMap<>();

  /**
   * @param relation how sources that feed one table are related
   * @param book histories of the connector
   */
  Floors(SourceRelation relation, HistoryBook book) {
    this.relation = relation;
    this.book = book;
  }

  /**
   * Floor of a truncate.
   *
   * @param commitMicros its commit time, microseconds since the epoch; 0 where not known
   * @throws FatalException whose rows it removes is not known
   */
  Floor truncate(RecordOffset at, TableId table, Position position, long commitMicros) {
    requireRelation(
        table,
        position,
        at + ": table " + table + " was truncated at source ",
        "Or set truncate.mode to ignore.");
    requireOneSourceTable(
        at + ": a table was truncated",
        table,
        position,
        "Set truncate.mode to ignore and delete the rows yourself");
    Floor floor = book.known().floor(position, Floor.Cause.TRUNCATE, relation).atTime(commitMicros);
    truncates
        .computeIfAbsent(table, key -> new HashMap<>())
        .merge(position.epoch(), floor, Floor::max);
    return floor;
  }

  /**
   * Refuses a change from before a truncate that came while only one table of the source was known
   * to feed the table: it may be of another, whose rows the truncate did not concern. The target
   * refuses it, too, where it stores the truncate; in one batch with it, it would not get there.
   *
   * @throws FatalException it would be dropped
   */
  void requireOfTruncatedTable(RecordOffset at, ChangeEvent event, FilterDecision decision) {
    if (decision.delivery() != Delivery.IN_ORDER || !truncates.containsKey(event.table())) {
      return;
    }
    for (Floor floor : truncates.get(event.table()).values()) {
      if (floor.covers(decision.position(), event.sourcePosition().commitMicros())) {
        requireOneSourceTable(
            at + ": this change is from before a truncate of a table",
            event.table(),
            floor.at(),
            "Set truncate.mode to ignore, and delete the rows yourself");
      }
    }
  }

  /**
   * Floor of a completed snapshot whose sweep removes rows: also those of the source's other
   * tables, where several are written to the table.
   *
   * @param below position of the snapshot
   * @param micros time of the snapshot, microseconds since the epoch; 0 where not known
   * @throws FatalException whose rows it removes is not known
   */
  Floor sweep(TableId table, Position below, long micros) {
    requireRelation(
        table,
        below,
        "Rows of table " + table + " are to be swept after a snapshot of source ",
        "Or set snapshot.sweep to false.");
    requireOneSourceTable(
        "Rows of table " + table + " are to be swept after a snapshot of one table",
        table,
        below,
        "Set snapshot.sweep to false");
    return report(below).atTime(micros);
  }

  /** Floor of a completed snapshot that only counts the rows of its own source. */
  Floor report(Position below) {
    return book.known().floor(below, Floor.Cause.SWEEP, relation);
  }

  /** Rows do not tell which table of a source they come from, so that all of them would go. */
  private void requireOneSourceTable(
      String problem, TableId table, Position position, String remedy) {
    SourceId source = book.known().sourceOf(position.epoch());
    Set<String> feeding = book.known().sourceTables(table.toString(), source);
    if (feeding.size() > 1) {
      throw new FatalException(
          problem
              + " of source "
              + source
              + ", but several of its tables are written to table "
              + table
              + ", and rows do not tell from which they come: "
              + feeding
              + ". "
              + remedy
              + ", or write each to a table"
              + " of its own with table.name.format or table.name.map. Partitions that are published"
              + " with publish_via_partition_root are one table: write that to a new one.");
    }
  }

  private void requireRelation(TableId table, Position at, String problem, String alternative) {
    if (relation != SourceRelation.AUTO) {
      return;
    }
    SourceId source = book.known().sourceOf(at.epoch());
    List<SourceId> others = book.known().othersFeeding(table.toString(), source);
    if (!others.isEmpty()) {
      throw new FatalException(
          problem
              + source
              + ", but the table also has rows of "
              + others
              + ". Set source.relation to shards if each source holds other rows, so that only its"
              + " own are removed, or to successors if each source replaces those before it. "
              + alternative);
    }
  }
}
