// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of what a validation says of which setting. */
class ValidationTest {
  @TempDir private Path root;

  @Test
  void allMistakesAreSaidAtOnceEachOnItsSetting() {
    Map<String, String> wrong = new HashMap<>();
    wrong.put("target", "delta");
    wrong.put("topics", "any");
    wrong.put("table.name.format", "${tabel}");
    wrong.put("table.name.map", "public.orders");
    wrong.put("key.columns", "public.orders");
    wrong.put("field.include.list", "a");
    wrong.put("field.exclude.list", "b");
    wrong.put("delete.mode", "sometimes");
    wrong.put("flush.interval.ms", "-1");
    wrong.put("flush.max.records", "3000000000"); // as good as no limit
    wrong.put("delta.vacuum.retention", "a week");
    wrong.put("metadata.column.op", "x");
    wrong.put("metadata.column.ts", "x");
    wrong.put("errors.tolerance", "all");
    wrong.put("consumer.override.auto.offset.reset", "latest");
    wrong.put("flush.intervall.ms", "100");
    assertEquals(
        Set.of(
            "delta.root",
            "table.name.format",
            "table.name.map",
            "key.columns",
            "field.exclude.list",
            "delete.mode",
            "flush.interval.ms",
            "delta.vacuum.retention",
            "metadata.column.ts",
            "errors.tolerance",
            "consumer.override.auto.offset.reset",
            "flush.intervall.ms"),
        errors(wrong).keySet());
  }

  @Test
  void combinationsAreCheckedWhereTheTargetIsWrong() {
    Map<String, String> errors =
        errors(Map.of("target", "oracle", "write.mode", "append", "delete.mode", "soft"));
    assertEquals(Set.of("target", "delete.mode"), errors.keySet());
  }

  @ParameterizedTest
  @CsvSource({
    "flush.intervall.ms, flush.interval.ms",
    "delta.vacum, delta.vacuum",
    "table_name_format, table.name.format"
  })
  void nearMissOfASettingIsAnErrorThatNamesIt(String key, String meant) {
    Map<String, String> errors = errors(with(key, "1"));
    assertEquals(Set.of(key), errors.keySet());
    assertTrue(errors.get(key).contains("Do you mean " + meant + "?"), errors::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "LATEST", "by_duration:PT1H"})
  void resetThatSkipsRecordsIsRefused(String reset) {
    String key = "consumer.override.auto.offset.reset";
    assertEquals(Set.of(key), errors(with(key, reset)).keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"earliest", "none"})
  void resetThatSkipsNothingIsAccepted(String reset) {
    assertEquals(Map.of(), errors(with("consumer.override.auto.offset.reset", reset)));
  }

  /** As they are POSTed in practice. */
  @Test
  void settingsOfConnectAndItsPluginsAreNeitherErrorsNorWarnings() {
    Map<String, String> settings = new HashMap<>(settings());
    List.of(
            "name",
            "connector.class",
            "connector.plugin.version",
            "tasks.max",
            "tasks.max.enforce",
            "topics.regex",
            "config.action.reload",
            "key.converter",
            "key.converter.schemas.enable",
            "value.converter.schema.registry.url",
            "value.converter.plugin.version",
            "header.converter",
            "transforms",
            "transforms.u.type",
            "transforms.u.predicate",
            "transforms.u.negate",
            "transforms.u.foo",
            "predicates",
            "predicates.p.type",
            "errors.log.enable",
            "errors.log.include.messages",
            "errors.retry.timeout",
            "errors.deadletterqueue.topic.name",
            "consumer.override.max.poll.records",
            "producer.override.linger.ms",
            "admin.override.retries",
            "delta.table.properties.delta.appendOnly")
        .forEach(key -> settings.put(key, "1"));
    assertEquals(Map.of(), errors(settings));
    assertEquals(List.of(), UnreadSettings.of(settings).warnings());
  }

  /** A configuration may be shared by versions of which only the later one knows a setting. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "delta.s3.endpoint",
        "delta.azure.account",
        "delta.gcs.project",
        "delta.catalog.refresh",
        "delta.unity.uri",
        "delta.index.memory.bytes",
        "delta.index.dir",
        "reporter.bootstrap.servers"
      })
  void settingThatNobodyReadsIsAWarning(String key) {
    Map<String, String> settings = with(key, "1");
    assertEquals(Map.of(), errors(settings));
    boolean isRead = SinkSettings.DEFINITION.names().contains(key);
    assertEquals(isRead ? 0 : 1, UnreadSettings.of(settings).warnings().size());
  }

  @Test
  void settingOfAnotherTargetIsAWarningThatSaysSo() {
    Map<String, String> settings = with("postgres.url", "jdbc:postgresql://host/dwh");
    assertEquals(Map.of(), errors(settings));
    String warning = String.join("\n", UnreadSettings.of(settings).warnings());
    assertTrue(warning.contains("postgres.url") && warning.contains("target=delta"), warning);
  }

  private Map<String, String> settings() {
    return Map.of("target", "delta", "delta.root", root.toString(), "topics", "any");
  }

  private Map<String, String> with(String key, String value) {
    Map<String, String> settings = new HashMap<>(settings());
    settings.put(key, value);
    return settings;
  }

  private static Map<String, String> errors(Map<String, String> settings) {
    Map<String, String> errors = new TreeMap<>();
    new LakehouseSinkConnector()
        .validate(settings)
        .configValues()
        .forEach(
            value -> {
              if (!value.errorMessages().isEmpty()) {
                errors.put(value.name(), String.join(" ", value.errorMessages()));
              }
            });
    return errors;
  }
}
