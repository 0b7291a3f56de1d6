// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;

/** A change of a {@link DebeziumTable}. Immutable: each method returns another event. */
public final class TableEvent implements DebeziumEvent {
  static final String TOMBSTONE = "tombstone";

  private record Order(long total, long inTable) {}

  private final DebeziumTable table;
  private final String operation;
  private final SourceBlock source;
  private final Optional<Struct> before;
  private final Optional<Struct> after;
  private final Optional<Order> order;
  private final ConnectHeaders headers;

  private TableEvent(
      DebeziumTable table,
      String operation,
      SourceBlock source,
      Optional<Struct> before,
      Optional<Struct> after,
      Optional<Order> order,
      ConnectHeaders headers) {
    this.table = table;
    this.operation = operation;
    this.source = source;
    this.before = before;
    this.after = after;
    this.order = order;
    this.headers = headers;
  }

  static TableEvent of(DebeziumTable table, String operation, SourceBlock source) {
    return new TableEvent(
        table,
        operation,
        source,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new ConnectHeaders());
  }

  /** With the old row, as with replica identity FULL. */
  public TableEvent before(Object... row) {
    return copy(source, Optional.of(table.row(row)), after, order);
  }

  TableEvent after(Object... row) {
    return copy(source, before, Optional.of(table.row(row)), order);
  }

  /** With {@code sequence[0]} null: before the first commit after a snapshot. */
  public TableEvent withoutCommitLsn() {
    return copy(source.withoutCommitLsn(), before, after, order);
  }

  /** With another commit time, in milliseconds since 1970. */
  public TableEvent tsMs(long commitTime) {
    return copy(source.withTsMs(commitTime), before, after, order);
  }

  public TableEvent txId(long transactionId) {
    return copy(source.withTxId(transactionId), before, after, order);
  }

  /**
   * With another snapshot marker: first, true, first_in_data_collection, last_in_data_collection,
   * last, incremental.
   */
  public TableEvent snapshotMarker(String marker) {
    return copy(source.withSnapshot(marker), before, after, order);
  }

  /** With a transaction block, as with {@code provide.transaction.metadata}; both from 1. */
  public TableEvent transaction(long totalOrder, long orderInTable) {
    return copy(source, before, after, Optional.of(new Order(totalOrder, orderInTable)));
  }

  /** Flattened with {@link DebeziumRecords#FLATTENED}. */
  public TableEvent flattened() {
    return flattened(DebeziumRecords.FLATTENED);
  }

  /** Flattened by {@code ExtractNewRecordState} with this configuration. */
  public TableEvent flattened(Map<String, String> configuration) {
    return in(table.shape().flattened(configuration));
  }

  @Override
  public TableEvent schemaless() {
    return in(table.shape().schemaless());
  }

  @Override
  public String topic() {
    return table.topic();
  }

  @Override
  public Optional<SinkRecord> deliveredAt(String topic, int partition, long offset) {
    Optional<Struct> key = after.or(() -> before).flatMap(table::key);
    Optional<Struct> value =
        operation.equals(TOMBSTONE) ? Optional.empty() : Optional.of(envelope());
    return table
        .shape()
        .of(
            new SinkRecord(
                topic,
                partition,
                key.map(Struct::schema).orElse(null),
                key.orElse(null),
                value.map(Struct::schema).orElse(null),
                value.orElse(null),
                offset,
                source.tsMs(),
                TimestampType.CREATE_TIME,
                headers.duplicate()));
  }

  @Override
  public String toString() {
    return "%s of %s at %s".formatted(operation, table.topic(), source.sequence());
  }

  SourceBlock source() {
    return source;
  }

  Struct key() {
    return after.or(() -> before).flatMap(table::key).orElseThrow();
  }

  TableEvent header(String name, Struct value) {
    TableEvent copy = copy(source, before, after, order);
    copy.headers.add(name, value, value.schema());
    return copy;
  }

  private Struct envelope() {
    long emittedMs = source.tsMs() + 1;
    Struct envelope =
        new Struct(table.envelopeSchema())
            .put("op", operation)
            .put("source", table.sourceStruct(source))
            .put("ts_ms", emittedMs)
            .put("ts_us", emittedMs * 1_000)
            .put("ts_ns", emittedMs * 1_000_000);
    before.ifPresent(row -> envelope.put("before", row));
    after.ifPresent(row -> envelope.put("after", row));
    order.ifPresent(place -> envelope.put("transaction", transactionBlock(place)));
    return envelope;
  }

  private Struct transactionBlock(Order place) {
    return new Struct(EnvelopeSchemas.TRANSACTION_BLOCK)
        .put("id", source.txId().orElseThrow() + ":" + source.lsn().orElseThrow())
        .put("total_order", place.total)
        .put("data_collection_order", place.inTable);
  }

  private TableEvent copy(
      SourceBlock newSource,
      Optional<Struct> newBefore,
      Optional<Struct> newAfter,
      Optional<Order> newOrder) {
    return new TableEvent(
        table, operation, newSource, newBefore, newAfter, newOrder, new ConnectHeaders(headers));
  }

  private TableEvent in(RecordShape shape) {
    return new TableEvent(
        table.shaped(shape), operation, source, before, after, order, new ConnectHeaders(headers));
  }
}
