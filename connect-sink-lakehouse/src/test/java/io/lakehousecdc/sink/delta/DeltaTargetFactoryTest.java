// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.IndexSettings;
import io.lakehousecdc.sink.delta.table.PurgeSettings;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaTargetFactoryTest {
  private final DeltaTargetFactory factory = new DeltaTargetFactory();

  @TempDir Path directory;

  @Test
  void directoryThatCanBeWrittenToIsAcceptedAndLeftAsItIs() throws IOException {
    assertEquals(List.of(), factory.validate(settings(directory.toString())));

    try (var files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void workerWithOtherDigitsIsRefused() {
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, new Locale("ar", "EG"));
    try {
      assertEquals(1, factory.validate(settings(directory.toString())).size());
      FatalException failure =
          assertThrows(
              FatalException.class,
              () -> factory.open(settings(directory.toString()), new TargetContext("sink", 0)));
      assertTrue(failure.getMessage().contains("-Duser.language=en"), failure.getMessage());
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  @Test
  void missingRootIsRefusedAndNotCreated() {
    Path missing = directory.resolve("volume");

    requireRefused(missing.toString());

    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> factory.open(settings(missing.toString()), new TargetContext("sink", 0)));
    assertTrue(failure.getMessage().contains("Mount the volume"), failure.getMessage());
    assertFalse(Files.exists(missing));
  }

  @Test
  void rootThatIsAFileIsRefused() throws IOException {
    requireRefused(Files.createFile(directory.resolve("file")).toString());
  }

  @Test
  void rootThatNoStoreServesIsRefused() {
    requireRefused("hdfs://node/lake");

    assertThrows(
        FatalException.class,
        () -> factory.open(settings("hdfs://node/lake"), new TargetContext("sink", 0)));
  }

  @Test
  void deletedRowsGoLaterThanReplacedFilesAreKept() {
    assertEquals(List.of(), factory.validate(settings(Map.of(PurgeSettings.AFTER, "P30D"))));
    assertEquals(List.of(), factory.validate(settings(Map.of(PurgeSettings.AFTER, "P7DT1H"))));

    requirePurgeRefused(Map.of(PurgeSettings.AFTER, "P7D"), "delta.vacuum.retention (PT168H)");
    requirePurgeRefused(Map.of(PurgeSettings.AFTER, "30 days"), "ISO-8601");
    requirePurgeRefused(
        Map.of(PurgeSettings.AFTER, "P30D", DeltaSettings.VACUUM, "false"), "delta.vacuum=true");
  }

  private void requirePurgeRefused(Map<String, String> given, String reason) {
    List<SettingProblem> problems = factory.validate(settings(given));
    assertEquals(1, problems.size(), problems.toString());
    assertEquals(PurgeSettings.AFTER, problems.get(0).key());
    assertTrue(problems.get(0).toString().contains(reason), problems.toString());
  }

  @Test
  void directoryOfIndexesIsMade() {
    Path index = directory.resolve("var").resolve("index");

    assertEquals(
        List.of(), factory.validate(settings(Map.of(IndexSettings.DIRECTORY, index.toString()))));

    assertTrue(Files.isDirectory(index));
  }

  @Test
  void directoryOfIndexesThatCannotBeWrittenToIsRefused() throws IOException {
    String below = Files.createFile(directory.resolve("file")).resolve("index").toString();
    TargetSettings settings = settings(Map.of(IndexSettings.DIRECTORY, below));

    List<SettingProblem> problems = factory.validate(settings);

    assertEquals(List.of(IndexSettings.DIRECTORY), keys(problems));
    assertTrue(problems.get(0).message().contains(below), problems.get(0).message());
    FatalException failure =
        assertThrows(
            FatalException.class, () -> factory.open(settings, new TargetContext("sink", 0)));
    assertTrue(failure.getMessage().contains(below), failure.getMessage());
  }

  @Test
  void memoryOfIndexesIsANumberOfBytes() {
    for (String wrong : List.of("-1", "1g")) {
      assertEquals(
          List.of(IndexSettings.MEMORY_BYTES),
          keys(factory.validate(settings(Map.of(IndexSettings.MEMORY_BYTES, wrong)))),
          wrong);
    }
    assertEquals(List.of(), factory.validate(settings(Map.of(IndexSettings.MEMORY_BYTES, "0"))));
  }

  @Test
  void credentialsOfACatalogueAreRefusedForALocalPath() {
    List<SettingProblem> problems =
        factory.validate(
            settings(
                Map.of(
                    "delta.unity.credentials", "true",
                    "delta.unity.endpoint", "http://127.0.0.1:1",
                    "delta.unity.catalog", "lake")));

    assertEquals(List.of(DeltaSettings.ROOT), keys(problems));
    assertTrue(
        problems.get(0).message().contains("delta.unity.credentials"), problems.get(0).message());
  }

  @Test
  void settingsOfTheCatalogueAreChecked() {
    assertEquals(
        List.of("delta.unity.endpoint", "delta.unity.catalog"),
        keys(factory.validate(settings(Map.of("delta.catalog", "unity")))));
    assertEquals(
        List.of("delta.unity.endpoint"),
        keys(
            factory.validate(
                settings(
                    Map.of(
                        "delta.catalog", "unity",
                        "delta.unity.endpoint", "http://127.0.0.1:1",
                        "delta.unity.catalog", "lake")))));
  }

  private static List<String> keys(List<SettingProblem> problems) {
    return problems.stream().map(SettingProblem::key).toList();
  }

  private TargetSettings settings(Map<String, String> others) {
    return settings(directory.toString(), others);
  }

  private void requireRefused(String root) {
    List<SettingProblem> problems = factory.validate(settings(root));

    assertEquals(List.of(DeltaSettings.ROOT), keys(problems));
    assertTrue(problems.get(0).message().contains(root), problems.get(0).message());
  }

  private static TargetSettings settings(String root) {
    return settings(root, Map.of());
  }

  private static TargetSettings settings(String root, Map<String, String> others) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : DeltaSettings.ALL) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.put(DeltaSettings.ROOT, root);
    values.putAll(others);
    return new TargetSettings(values, TableOptions.DEFAULT);
  }
}
