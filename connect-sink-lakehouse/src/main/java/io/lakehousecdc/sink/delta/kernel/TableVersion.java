// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.Snapshot;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.TableConfig;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.checksum.CRCInfo;
import io.delta.kernel.internal.files.ParsedDeltaData;
import io.delta.kernel.internal.lang.Lazy;
import io.delta.kernel.internal.metrics.SnapshotQueryContext;
import io.delta.kernel.internal.replay.LogReplay;
import io.delta.kernel.internal.rowtracking.RowTrackingMetadataDomain;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.internal.tablefeatures.TableFeature;
import io.delta.kernel.internal.tablefeatures.TableFeatures;
import io.delta.kernel.internal.util.ColumnMapping;
import io.delta.kernel.internal.util.ColumnMapping.ColumnMappingMode;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.FileStatus;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.Resolution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A version of a table. Immutable; what it does not hold in memory it reads from the log. */
public final class TableVersion {
  private static final String FEED = TableConfig.CHANGE_DATA_FEED_ENABLED.getKey();
  private static final String FEATURE = TableFeatures.SET_TABLE_FEATURE_SUPPORTED_PREFIX;

  private final Engine engine;
  private final SnapshotImpl snapshot;
  private final String entry;

  /**
   * @param entry identity of the version's log entry, as {@link CommitInfoReader} reads it; empty
   *     where the log no longer has it
   */
  TableVersion(Engine engine, Snapshot snapshot, String entry) {
    this.engine = engine;
    this.snapshot = (SnapshotImpl) snapshot;
    this.entry = entry;
  }

  public long number() {
    return snapshot.getVersion();
  }

  /** Columns as users see them, with the metadata that column mapping needs. */
  public StructType schema() {
    return snapshot.getSchema();
  }

  /**
   * The columns as the log has them: JSON of a struct type, in the form that the Delta protocol
   * calls schema serialization.
   */
  public String schemaJson() {
    return snapshot.getMetadata().getSchemaString();
  }

  /** The comment of the table; empty where it has none. */
  public Optional<String> comment() {
    return snapshot.getMetadata().getDescription().filter(text -> !text.isBlank());
  }

  public Map<String, String> properties() {
    return snapshot.getTableProperties();
  }

  /** For how long the table wants removed files kept; empty where it does not say. */
  public Optional<Duration> deletedFileRetention() {
    return properties().containsKey(TableConfig.TOMBSTONE_RETENTION.getKey())
        ? Optional.of(
            Duration.ofMillis(TableConfig.TOMBSTONE_RETENTION.fromMetadata(snapshot.getMetadata())))
        : Optional.empty();
  }

  /** Display names of the partition columns, in order. */
  public List<String> partitionColumns() {
    return snapshot.getPartitionColumnNames();
  }

  /** Whether the table is clustered by a column, which can then not be dropped. */
  public boolean isClusteredBy(String name) {
    int place = schema().indexOf(name);
    Column column = new Column(ColumnMapping.getPhysicalName(schema().at(place)));
    return snapshot.getPhysicalClusteringColumns().orElse(List.of()).contains(column);
  }

  /** Identity of the table; another one means that the table was dropped and created anew. */
  public String tableId() {
    return snapshot.getMetadata().getId();
  }

  /** Whether it is the same version of the same table, and not one that was made in its place. */
  public boolean isSame(TableVersion other) {
    return number() == other.number()
        && entry.equals(other.entry)
        && tableId().equals(other.tableId());
  }

  /** Whether columns are known to files by names of their own. */
  public boolean mapsColumns() {
    return mode() != ColumnMappingMode.NONE;
  }

  /** Whether rows may be removed by deletion vectors. */
  public boolean allowsDeletionVectors() {
    return Boolean.parseBoolean(
        snapshot.getMetadata().getConfiguration().get("delta.enableDeletionVectors"));
  }

  /** Value of a table property, empty where it is not set. */
  public Optional<String> property(String name) {
    return Optional.ofNullable(properties().get(name));
  }

  /** Whether the protocol of the table names the feature, whatever its version. */
  public boolean supports(String feature) {
    return features().contains(feature);
  }

  /** Names of the features that the protocol of the table has, whatever its version. */
  public Set<String> features() {
    return snapshot.getProtocol().getImplicitlyAndExplicitlySupportedFeatures().stream()
        .map(TableFeature::featureName)
        .collect(Collectors.toSet());
  }

  /** Columns as files know them, in the order of {@link #schema()}. */
  public List<DeltaColumn> columns() {
    StructType logical = schema();
    // In both modes files tell the ids; Kernel's physical schema has them in mode id only.
    StructType physical =
        ColumnMapping.convertToPhysicalSchema(
            logical, logical, mapsColumns() ? ColumnMappingMode.ID : ColumnMappingMode.NONE);
    Resolution resolution = mode() == ColumnMappingMode.ID ? Resolution.ID : Resolution.NAME;
    Set<String> indexed = IndexedColumns.of(snapshot);
    List<DeltaColumn> columns = new ArrayList<>();
    for (int i = 0; i < logical.length(); i++) {
      StructField field = logical.at(i);
      columns.add(
          new DeltaColumn(
              field.getName(),
              physical.at(i).getName(),
              mapsColumns()
                  ? OptionalInt.of(ColumnMapping.getColumnId(field))
                  : OptionalInt.empty(),
              physical.at(i).getDataType(),
              field.isNullable(),
              resolution,
              indexed.contains(field.getName())));
    }
    return columns;
  }

  /** Metadata domains by name; reads the log. */
  public Map<String, String> domains() {
    Map<String, String> domains = new HashMap<>();
    snapshot
        .getActiveDomainMetadataMap()
        .forEach((name, domain) -> domains.put(name, domain.getConfiguration()));
    return domains;
  }

  /** Whether a metadata domain is the protocol's own, which features of the table maintain. */
  public static boolean isSystemDomain(String name) {
    return !DomainMetadata.isUserControlledDomain(name);
  }

  /** The row ids that a commit on top of this version gives out. */
  public RowIds rowIds() {
    return new RowIds(
        number() + 1,
        supports("rowTracking")
            ? OptionalLong.of(
                RowTrackingMetadataDomain.fromSnapshot(snapshot)
                    .map(RowTrackingMetadataDomain::getRowIdHighWaterMark)
                    .orElse(RowTrackingMetadataDomain.MISSING_ROW_ID_HIGH_WATERMARK))
            : OptionalLong.empty());
  }

  /**
   * The columns in which files keep the row id, and the commit version, of rows that come from
   * other files; empty where these are not asked to outlive a rearrangement.
   */
  public List<DeltaColumn> rowIdColumns() {
    if (!Boolean.parseBoolean(properties().get(TableConfig.ROW_TRACKING_ENABLED.getKey()))) {
      return List.of();
    }
    return Stream.of(
            TableConfig.MATERIALIZED_ROW_ID_COLUMN_NAME,
            TableConfig.MATERIALIZED_ROW_COMMIT_VERSION_COLUMN_NAME)
        .map(key -> properties().get(key.getKey()))
        .map(name -> new DeltaColumn(name, name, OptionalInt.empty(), LongType.LONG, true))
        .map(column -> column.indexed(false))
        .toList();
  }

  /** Visits every active file with its statistics; reads the log. */
  public void files(Consumer<DataFile> visitor) {
    try {
      ActiveFiles.read(engine, snapshot.getLogSegment(), CheckpointAdds.of(this)).forEach(visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The same version, told what its log says. Kernel asks each version that is committed on for its
   * domains, and reads the log from the last checkpoint on to find them: more with every commit.
   * What it is told here it hands on from commit to commit.
   *
   * @param files number of active files
   * @param bytes their size
   * @param domains all metadata domains
   */
  public TableVersion knowing(long files, long bytes, Map<String, String> domains) {
    if (snapshot.getCurrentCrcInfo().flatMap(CRCInfo::getDomainMetadata).isPresent()) {
      return this;
    }
    return new TableVersion(
        engine, snapshot(number(), snapshot.getLazyLogSegment(), files, bytes, domains), entry);
  }

  /**
   * The version after this one, which must know its domains, where a commit changed neither columns
   * nor protocol.
   *
   * @param file of its log entry
   * @param entry identity of that, as {@link CommitInfoReader} reads it
   * @param files how many active files it has more than this one
   * @param bytes how many bytes they have more
   * @param domains all metadata domains after it
   */
  TableVersion followedBy(
      FileStatus file, String entry, long files, long bytes, Map<String, String> domains) {
    LogSegment segment =
        snapshot.getLogSegment().newWithAddedDeltas(List.of(ParsedDeltaData.forFileStatus(file)));
    Optional<CRCInfo> known = snapshot.getCurrentCrcInfo();
    return new TableVersion(
        engine,
        snapshot(
            number() + 1,
            new Lazy<>(() -> segment),
            known.map(CRCInfo::getNumFiles).orElse(0L) + files,
            known.map(CRCInfo::getTableSizeBytes).orElse(0L) + bytes,
            domains),
        entry);
  }

  private SnapshotImpl snapshot(
      long version, Lazy<LogSegment> log, long files, long bytes, Map<String, String> domains) {
    Set<DomainMetadata> active = new HashSet<>();
    domains.forEach((name, text) -> active.add(new DomainMetadata(name, text, false)));
    return snapshot(
        version,
        log,
        snapshot.getMetadata(),
        Optional.of(
            new CRCInfo(
                version,
                snapshot.getMetadata(),
                snapshot.getProtocol(),
                bytes,
                files,
                Optional.empty(),
                Optional.of(active),
                Optional.empty())));
  }

  private SnapshotImpl snapshot(
      long version, Lazy<LogSegment> log, Metadata metadata, Optional<CRCInfo> known) {
    return new SnapshotImpl(
        snapshot.getDataPath(),
        version,
        log,
        new LogReplay(engine, snapshot.getDataPath(), log, new Lazy<>(() -> known)),
        snapshot.getProtocol(),
        metadata,
        snapshot.getCommitter(),
        SnapshotQueryContext.forVersionSnapshot(snapshot.getPath(), version),
        Optional.empty());
  }

  /** What tells its log entry from every other; empty where the log did not have it. */
  public String entry() {
    return entry;
  }

  /** Whether commits tell the table's change data feed which rows they change. */
  public boolean feedsChanges() {
    return Boolean.parseBoolean(properties().get(FEED));
  }

  /**
   * The same version as Kernel is to see it where it is to write no metadata: without the property
   * of the change data feed, because Kernel (4.4.0) writes none, and so refuses to remove and add
   * rows in one commit to a table that has one; and without properties that name a feature, which
   * other programs may have left, and which Kernel would take out, along with the other.
   */
  TableVersion plain() {
    Set<String> hidden = hidden();
    return hidden.isEmpty()
        ? this
        : new TableVersion(
            engine,
            snapshot(
                number(),
                snapshot.getLazyLogSegment(),
                snapshot.getMetadata().withConfigurationKeysUnset(hidden),
                snapshot.getCurrentCrcInfo()),
            entry);
  }

  /**
   * The version after this one.
   *
   * @param committed as it was committed on top of {@link #plain}
   */
  TableVersion followedBy(TableVersion committed) {
    return hidden().isEmpty()
        ? committed
        : new TableVersion(
            engine,
            snapshot(
                committed.number(),
                committed.snapshot.getLazyLogSegment(),
                snapshot.getMetadata(),
                committed.snapshot.getCurrentCrcInfo()),
            committed.entry);
  }

  private Set<String> hidden() {
    return properties().keySet().stream()
        .filter(name -> name.equals(FEED) || name.startsWith(FEATURE))
        .collect(Collectors.toSet());
  }

  /** The file of its log entry, as it was when this version was read or committed. */
  FileStatus entryFile() {
    return snapshot.getLogSegment().getDeltaFileAtEndVersion();
  }

  SnapshotImpl snapshot() {
    return snapshot;
  }

  private ColumnMappingMode mode() {
    return ColumnMapping.getColumnMappingMode(snapshot.getMetadata().getConfiguration());
  }
}
