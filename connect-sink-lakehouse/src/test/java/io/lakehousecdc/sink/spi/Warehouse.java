// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.util.CheckReturnValue;

/**
 * What a test of a target offers to the parts of {@link TargetContract}. Every test method begins
 * with an empty warehouse.
 */
public interface Warehouse {

  /** Table that most tests write to. */
  TableId ITEMS = new TableId("shop", "items");

  /** Its columns: {@code id} (key), {@code name} (may not be NULL), {@code note}, {@code qty}. */
  RowSchema ITEM =
      Batches.schema(
          1,
          Batches.required("id", Primitive.INT32),
          Batches.required("name", Primitive.TEXT),
          Batches.optional("note", Primitive.TEXT),
          Batches.optional("qty", Primitive.INT64));

  /** Partition that most tests write from. */
  SourcePartition P0 = new SourcePartition("src.shop.items", 0);

  /** Second partition of the same topic. */
  SourcePartition P1 = new SourcePartition("src.shop.items", 1);

  /** Opens a target on the warehouse of this test method; closed after it. */
  Target open(TableOptions options, TargetContext context);

  /**
   * Reads the rows that a query of the table shows, in any order: canonical values by column name,
   * the metadata columns included (as {@link String}, {@link Long} microseconds, {@link Long},
   * {@link Long}, {@link Integer}, {@link Boolean}).
   */
  List<Map<String, Object>> rows(TableId table);

  /** Reads a dead-letter table, in any order. */
  List<DeadLetter> deadLetters(String table);

  /** What is read back for a canonical value of a column where the target keeps another form. */
  default Object stored(Column column, Object value) {
    return value;
  }

  /** Whether the target can store the value exactly; where not, it has to reject it. */
  default boolean stores(Column column, Object value) {
    return true;
  }

  /** Whether the target can drop columns, and so follows the source there. */
  default boolean followsDroppedColumns() {
    return true;
  }

  /** Opens a target with the given options for task 0 of the connector "sink". */
  default Target open(TableOptions options) {
    return open(options, new TargetContext("sink", 0));
  }

  /** Opens a target and takes {@link #P0} over. */
  default PartitionOwner owner(TableOptions options) {
    return PartitionOwner.of(open(options), P0);
  }

  /**
   * Begins the comparison of a table's rows with those expected.
   *
   * @param columns those to compare; messages name a row by the first
   */
  @CheckReturnValue
  default RowsAssert assertThatRows(TableId table, String... columns) {
    return new RowsAssert(table, rows(table), columns);
  }

  /**
   * Begins an assertion on the state of a partition that a new owner loads; there has to be one.
   */
  @CheckReturnValue
  default ObjectAssert<PartitionState> assertThatState(SourcePartition partition) {
    return assertThat(loadedStates(partition).get(partition))
        .as("state of %s that a new owner loads", partition)
        .isNotNull();
  }

  /** The states that a new owner of the partitions loads. */
  default Map<SourcePartition, PartitionState> loadedStates(SourcePartition... partitions) {
    Map<SourcePartition, PartitionState> states = new HashMap<>();
    open(TableOptions.DEFAULT)
        .load(Set.of(partitions))
        .forEach((partition, loaded) -> states.put(partition, loaded.state()));
    return states;
  }

  /** A row to compare with {@link #assertThatRows}; holds nulls. */
  static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  /** Options with soft deletes. */
  static TableOptions soft() {
    return options(TableOptions.WriteMode.UPSERT, TableOptions.DeleteMode.SOFT);
  }

  /** Options of append mode. */
  static TableOptions append() {
    return options(TableOptions.WriteMode.APPEND, TableOptions.DeleteMode.HARD);
  }

  private static TableOptions options(
      TableOptions.WriteMode write, TableOptions.DeleteMode delete) {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(
        write, delete, base.evolution(), base.metadata(), base.deadLetterTable());
  }

  /** The numbers of a receipt alone, all skipped changes taken together. */
  static CommitReceipt numbers(CommitReceipt receipt) {
    return new CommitReceipt(
        receipt.upserted(),
        receipt.deleted(),
        receipt.stale(),
        receipt.toastMerged(),
        receipt.orphaned());
  }
}
