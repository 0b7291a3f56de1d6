// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.Operation;
import io.delta.kernel.TableManager;
import io.delta.kernel.Transaction;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.TableAlreadyExistsException;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.internal.TableConfig;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.util.SchemaUtils;
import io.delta.kernel.transaction.CreateTableTransactionBuilder;
import io.delta.kernel.transaction.DataLayoutSpec;
import io.delta.kernel.transaction.UpdateTableTransactionBuilder;
import io.delta.kernel.types.StructType;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The definition of one table in its log: columns, properties, partitioning. Stateless and
 * thread-safe; failures are {@link RetriableException} (the store) or {@link FatalException} (a
 * table that cannot be written).
 */
public final class TableDefinition {
  private static final String STATISTICS_COLUMNS = TableConfig.DATA_SKIPPING_STATS_COLUMNS.getKey();

  private final Engine engine;
  private final String location;
  private final LogTransactions transactions;
  private final LogFailures failures;

  TableDefinition(
      Engine engine, String location, LogTransactions transactions, LogFailures failures) {
    this.engine = engine;
    this.location = location;
    this.transactions = transactions;
    this.failures = failures;
  }

  /**
   * Creates the table, without rows.
   *
   * @throws CommitConflictException another writer created it first
   */
  public TableVersion create(
      StructType schema, Map<String, String> properties, List<String> partitionBy)
      throws CommitConflictException {
    try {
      CreateTableTransactionBuilder builder =
          transactions.create(schema).withTableProperties(properties);
      if (!partitionBy.isEmpty()) {
        builder =
            builder.withDataLayoutSpec(
                DataLayoutSpec.partitioned(partitionBy.stream().map(Column::new).toList()));
      }
      return transactions.commit(builder.build(engine), List.of());
    } catch (TableAlreadyExistsException e) {
      throw new CommitConflictException("Table " + location + " exists already", e);
    } catch (KernelException | IllegalArgumentException e) {
      throw failures.ofTable("create", e);
    }
  }

  /**
   * Sets properties, without touching rows.
   *
   * @throws CommitConflictException another writer committed first
   */
  public TableVersion configure(TableVersion base, Map<String, String> properties)
      throws CommitConflictException {
    try {
      return transactions.commit(
          transactions
              .update(base, Operation.MANUAL_UPDATE)
              .withTablePropertiesAdded(properties)
              .build(engine),
          List.of());
    } catch (KernelException | IllegalArgumentException e) {
      throw failures.ofTable("set properties of", e);
    }
  }

  /**
   * Changes the schema and sets properties and metadata domains, without touching rows. Tables
   * without column mapping can only be given more columns, and nothing else at the same time.
   *
   * @throws CommitConflictException another writer committed first
   */
  public TableVersion evolve(
      TableVersion base,
      StructType schema,
      Map<String, String> properties,
      Map<String, String> domains)
      throws CommitConflictException {
    try {
      if (!base.mapsColumns()) {
        return addUnmapped(base, schema);
      }
      UpdateTableTransactionBuilder builder =
          transactions.update(base, Operation.MANUAL_UPDATE).withUpdatedSchema(schema);
      Map<String, String> changed = new HashMap<>(properties);
      statisticsColumns(base, schema).ifPresent(names -> changed.put(STATISTICS_COLUMNS, names));
      if (!changed.isEmpty()) {
        builder = builder.withTablePropertiesAdded(changed);
      }
      Transaction transaction = builder.build(engine);
      domains.forEach(transaction::addDomainMetadata);
      return transactions.commit(transaction, List.of());
    } catch (KernelException | IllegalArgumentException e) {
      throw failures.ofTable("change the columns of", e);
    }
  }

  private static Optional<String> statisticsColumns(TableVersion base, StructType schema) {
    return Optional.ofNullable(base.properties().get(STATISTICS_COLUMNS))
        .flatMap(names -> IndexedColumns.remaining(names, schema));
  }

  /**
   * Kernel lets nobody change the schema of a table without column mapping. The protocol does: a
   * commit may hold a metadata action, and readers take a column that a file lacks as NULL.
   */
  private TableVersion addUnmapped(TableVersion base, StructType schema)
      throws CommitConflictException {
    SchemaUtils.validateSchema(schema, false, false, false);
    Row metadata = base.snapshot().getMetadata().withNewSchema(schema).toRow();
    TableVersion now =
        transactions.commit(
            transactions.update(base.plain(), Operation.MANUAL_UPDATE).build(engine),
            List.of(SingleAction.createMetadataSingleAction(metadata)));
    // The snapshot that Kernel makes after the commit knows nothing of the action. This version is
    // read, and no later one: that may hold files of others that the caller has not seen.
    return new TableVersion(
        engine,
        TableManager.loadSnapshot(location).atVersion(now.number()).build(engine),
        now.entry());
  }
}
