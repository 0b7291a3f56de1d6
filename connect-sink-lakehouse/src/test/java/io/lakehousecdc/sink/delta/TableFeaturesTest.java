// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that another program made, with features that the sink can write or cannot. */
class TableFeaturesTest {
  private static final String PROTOCOL =
      "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[%s],"
          + "\"writerFeatures\":[%s]}}\n";
  private static final String METADATA =
      "{\"metaData\":{\"id\":\"t-1\",\"format\":{\"provider\":\"parquet\",\"options\":{}},"
          + "\"schemaString\":\"{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":["
          + "{\\\"name\\\":\\\"id\\\",\\\"type\\\":\\\"integer\\\",\\\"nullable\\\":true,"
          + "\\\"metadata\\\":{}},"
          + "{\\\"name\\\":\\\"name\\\",\\\"type\\\":\\\"string\\\",\\\"nullable\\\":true,"
          + "\\\"metadata\\\":{%s}}]}\",\"partitionColumns\":[],\"configuration\":{%s}}}\n";

  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "icebergCompatV2,~~,~\"delta.enableIcebergCompatV2\":\"true\"~,delta.enableIcebergCompatV2",
        "checkConstraints,~~,~\"delta.constraints.positive\":\"id > 0\"~,DROP CONSTRAINT",
        "allowColumnDefaults,~\\\"CURRENT_DEFAULT\\\":\\\"'x'\\\"~,~~,DROP DEFAULT",
        "generatedColumns,~\\\"delta.generationExpression\\\":\\\"'x'\\\"~,~~,column name",
        "identityColumns,~\\\"delta.identity.start\\\":1~,~~,column name",
      })
  void tableIsRefusedWithTheFeatureAndTheRemedy(
      String feature, String column, String property, String remedy) throws IOException {
    create("", quoted(feature), column, property);
    FatalException failure = assertThrows(FatalException.class, this::write);
    assertTrue(failure.getMessage().contains("feature " + feature), failure.getMessage());
    assertTrue(failure.getMessage().contains(remedy), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "changeDataFeed",
        "icebergCompatV2",
        "checkConstraints",
        "allowColumnDefaults",
        "generatedColumns",
        "identityColumns",
        "materializePartitionColumns",
        "appendOnly",
        "invariants"
      })
  void featureThatIsNotUsedIsNotInTheWay(String feature) throws IOException {
    String needed = feature.equals("icebergCompatV2") ? ",\"columnMapping\"" : "";
    create("", quoted(feature) + needed, "", "");
    write();
    assertEquals(1, new KernelReader(store).rows(location().toString()).size());
  }

  @Test
  void tableIsGivenNoFeatureWhereItsSchemaIsNotToChange() throws IOException {
    create("", "\"appendOnly\"", "", "");
    String metadata =
        ",{\\\"name\\\":\\\"%s\\\",\\\"type\\\":\\\"%s\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}";
    StringBuilder columns = new StringBuilder();
    Map<String, String> types = new LinkedHashMap<>();
    types.put("note", "string");
    types.put("qty", "long");
    types.put(MetadataColumns.DEFAULT.op(), "string");
    types.put(MetadataColumns.DEFAULT.ts(), "timestamp");
    types.put(MetadataColumns.DEFAULT.lsn(), "long");
    types.put(MetadataColumns.DEFAULT.commitLsn(), "long");
    types.put(MetadataColumns.DEFAULT.epoch(), "integer");
    types.forEach((name, type) -> columns.append(metadata.formatted(name, type)));
    Path entry = location().resolve("_delta_log").resolve("%020d.json".formatted(0));
    Files.writeString(entry, Files.readString(entry).replace("}}]}", "}}" + columns + "]}"));
    TableOptions options =
        new TableOptions(
            WriteMode.UPSERT,
            DeleteMode.HARD,
            Evolution.NONE,
            MetadataColumns.DEFAULT,
            Optional.empty());
    try (Target target =
        DeltaFixture.open(store, root, options, new TargetContext("sink", 0), Map.of())) {
      FatalException failure = assertThrows(FatalException.class, () -> write(target));
      assertTrue(
          failure.getMessage().contains("delta.feature.domainMetadata"), failure.getMessage());
    }
    assertFalse(Files.exists(location().resolve("_delta_log/%020d.json".formatted(1))));
    write();
    assertEquals(1, new KernelReader(store).rows(location().toString()).size());
  }

  @Test
  void rowsOfATableWithRowTrackingAndClusteringAreKept() throws IOException {
    create(
        "\"deletionVectors\"",
        "\"deletionVectors\",\"rowTracking\",\"domainMetadata\",\"clustering\"",
        "",
        "\"delta.enableDeletionVectors\":\"true\"");
    write();
    write();
    assertEquals(1, new KernelReader(store).rows(location().toString()).size());
  }

  @Test
  void columnsAreAddedWhereAnotherProgramHasLeftAPropertyThatNamesAFeature() throws IOException {
    create(
        "", "\"appendOnly\",\"domainMetadata\"", "", "\"delta.feature.appendOnly\":\"supported\"");
    write();
    write();
    assertEquals(1, new KernelReader(store).rows(location().toString()).size());
  }

  @Test
  void noTableIsMadeThatTheSinkCouldNotKeep() {
    String property = "delta.enableIcebergCompatV2";
    try (Target target = open(Map.of("delta.table.properties." + property, "true"))) {
      FatalException failure = assertThrows(FatalException.class, () -> write(target));
      assertTrue(failure.getMessage().contains(property), failure.getMessage());
    }
    assertFalse(Files.exists(location()));
  }

  private static String quoted(String name) {
    return "\"" + name + "\"";
  }

  private void create(String readers, String writers, String column, String property)
      throws IOException {
    Path log = Files.createDirectories(location().resolve("_delta_log"));
    Files.writeString(
        log.resolve("%020d.json".formatted(0)),
        PROTOCOL.formatted(readers, writers) + METADATA.formatted(column, property));
  }

  private void write() {
    try (Target target = open(Map.of())) {
      write(target);
    }
  }

  private static void write(Target target) {
    PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
    long lsn = owner.state().map(state -> state.nextOffset()).orElse(0L) + 1;
    owner.commit(
        Batches.batch(Warehouse.ITEMS, Warehouse.ITEM).upsert(lsn, 1, "n" + lsn, "t", 1L).build());
  }

  private Target open(Map<String, String> settings) {
    return DeltaFixture.open(
        store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), settings);
  }

  private Path location() {
    return root.resolve("shop").resolve("items");
  }
}
