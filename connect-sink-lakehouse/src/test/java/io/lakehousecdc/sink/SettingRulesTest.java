// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that are right one by one, but not together. */
class SettingRulesTest {

  @Test
  void metadataColumnsHaveDifferentNames() {
    assertThat(check(Map.of("metadata.column.unchanged", "_cdc_op")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("metadata.column.unchanged"))
        .satisfies(problem -> assertThat(problem.message()).contains("metadata.column.op"));
  }

  @Test
  void listOfUnchangedColumnsMayBeLeftOutAndOthersMayNot() {
    assertThat(check(Map.of("metadata.column.unchanged", ""))).isEmpty();
    assertThat(config(Map.of("metadata.column.unchanged", " ")).tables().metadata().unchanged())
        .isEqualTo(Optional.empty());
    assertThat(check(Map.of("metadata.column.op", "")))
        .extracting(SettingProblem::key)
        .containsExactly("metadata.column.op");
  }

  @Test
  void wholeTransactionsNeedOneTaskAndTheirTopic() {
    Map<String, String> atomic =
        Map.of(
            "transactions", "atomic",
            "topics", "shop.public.orders,shop.transaction",
            "target", "postgres",
            "postgres.url", "jdbc:postgresql://host/dwh");
    assertThat(check(atomic)).isEmpty();
    assertThat(check(with(atomic, "tasks.max", "2")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("transactions"))
        .satisfies(problem -> assertThat(problem.message()).contains("tasks.max=1"));
    assertThat(check(with(atomic, "topics", "shop.public.orders")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains(".transaction"));
  }

  @Test
  void wholeTransactionsNeedATargetThatCommitsAllTablesAtOnce() {
    assertThat(
            check(
                Map.of(
                    "transactions", "atomic",
                    "topics.regex", "shop.*")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("transactions"))
        .satisfies(
            problem -> assertThat(problem.message()).contains("delta", "transactions=ordered"));
  }

  @Test
  void orderedTransactionsSuitEveryTarget() {
    Map<String, String> ordered =
        Map.of("transactions", "ordered", "topics", "shop.public.orders,shop.transaction");
    assertThat(check(ordered)).isEmpty();
    assertThat(
            check(
                with(
                    with(ordered, "target", "postgres"),
                    "postgres.url",
                    "jdbc:postgresql://host/dwh")))
        .isEmpty();
    assertThat(check(with(ordered, "transactions.timeout.ms", "1000"))).isEmpty();
    assertThat(check(with(ordered, "tasks.max", "2")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("ordered", "tasks.max=1"));
    assertThat(check(with(ordered, "topics", "shop.public.orders")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("ordered", ".transaction"));
  }

  @Test
  void settingsOfWholeTransactionsHaveNoMeaningWithoutThem() {
    assertThat(check(Map.of("transactions.timeout.ms", "1000")))
        .extracting(SettingProblem::key)
        .containsExactly("transactions.timeout.ms");
    assertThat(check(Map.of("transactions.too.large", "fail")))
        .extracting(SettingProblem::key)
        .containsExactly("transactions.too.large");
  }

  @Test
  void timesOfFirstAndLastSightAreOffUntilTheyAreNamed() {
    assertThat(config(Map.of()).tables().metadata().firstSeen()).isEmpty();
    assertThat(config(Map.of()).tables().metadata().lastSeen()).isEmpty();
    SinkConfig named =
        config(
            Map.of(
                "metadata.column.first_seen", "first_seen_at",
                "metadata.column.last_seen", "last_seen_at"));
    assertThat(SettingRules.check(named)).isEmpty();
    assertThat(named.tables().metadata().firstSeen()).contains("first_seen_at");
    assertThat(named.tables().metadata().lastSeen()).contains("last_seen_at");
  }

  @Test
  void timesOfFirstAndLastSightHaveNamesOfTheirOwn() {
    Map<String, String> same =
        Map.of("metadata.column.first_seen", "seen_at", "metadata.column.last_seen", "seen_at");
    assertThat(check(same))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("metadata.column.last_seen"))
        .satisfies(problem -> assertThat(problem.message()).contains("metadata.column.first_seen"));
    assertThat(check(Map.of("metadata.column.first_seen", "_cdc_ts")))
        .extracting(SettingProblem::key)
        .containsExactly("metadata.column.first_seen");
  }

  @Test
  void timesOfFirstAndLastSightAreRefusedInAppendMode() {
    assertThat(
            check(
                Map.of(
                    "write.mode", "append",
                    "metadata.column.first_seen", "first_seen_at",
                    "metadata.column.last_seen", "last_seen_at")))
        .allSatisfy(problem -> assertThat(problem.message()).contains("metadata.column.ts"))
        .extracting(SettingProblem::key)
        .containsExactly("metadata.column.first_seen", "metadata.column.last_seen");
  }

  @Test
  void bothImagesOfAnUpdateAreForLogs() {
    assertThat(check(Map.of("append.images", "both")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("append.images"))
        .satisfies(problem -> assertThat(problem.message()).contains("write.mode=append"));
    Map<String, String> log = Map.of("append.images", "both", "write.mode", "append");
    assertThat(check(log)).isEmpty();
    assertThat(config(log).tables().metadata().changeType()).contains("_cdc_change_type");
    assertThat(config(Map.of("write.mode", "append")).tables().metadata().changeType()).isEmpty();
  }

  @Test
  void columnsOfALogHaveNamesOfTheirOwn() {
    assertThat(
            check(
                Map.of(
                    "append.images", "both",
                    "write.mode", "append",
                    "metadata.column.change_type", "")))
        .extracting(SettingProblem::key)
        .containsExactly("metadata.column.change_type");
    assertThat(check(Map.of("write.mode", "append", "metadata.column.txid", "_cdc_lsn")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("metadata.column.txid"))
        .satisfies(problem -> assertThat(problem.message()).contains("metadata.column.lsn"));
    assertThat(config(Map.of("metadata.column.txid", "")).tables().metadata().transaction())
        .isEmpty();
  }

  @Test
  void settingsOfVersionsNeedTheirMode() {
    assertThat(check(Map.of("history.since", "beginning")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("history.since"))
        .satisfies(problem -> assertThat(problem.message()).contains("write.mode=history"));
    assertThat(check(Map.of("write.mode", "history", "history.since", "beginning"))).isEmpty();
  }

  @Test
  void whatMeansNothingForVersionsIsRefused() {
    assertThat(
            check(
                Map.of(
                    "write.mode",
                    "history",
                    "delete.mode",
                    "soft",
                    "metadata.column.first_seen",
                    "first_seen_at",
                    "history.columns",
                    "public.items:name",
                    "history.columns.exclude",
                    "public.items:note",
                    "history.column.valid_from",
                    "_cdc_ts")))
        .extracting(SettingProblem::key)
        .containsExactlyInAnyOrder(
            "delete.mode",
            "metadata.column.first_seen",
            "history.columns.exclude",
            "metadata.column.ts");
  }

  @Test
  void usualSettingsFitTogether() {
    assertThat(check(Map.of())).isEmpty();
    assertThat(config(Map.of()).tables().metadata().unchanged()).contains("_cdc_unchanged");
  }

  /** Not all of a target's settings are named after it. */
  @ParameterizedTest
  @CsvSource({"delta, delta.root, file:/lake", "postgres, postgres.url, jdbc:postgresql://db/w"})
  void everySettingReachesItsTarget(String target, String required, String value) {
    Map<String, String> all = new HashMap<>(Map.of("target", target, required, value));
    List<String> numbers =
        new SinkConfig(all)
            .factory().settings().stream()
                .filter(setting -> setting.kind() == Setting.Kind.INTEGER)
                .map(Setting::key)
                .toList();
    numbers.forEach(key -> all.put(key, "7"));
    TargetSettings settings = new SinkConfig(all).targetSettings();
    assertThat(numbers).allSatisfy(key -> assertThat(settings.number(key)).isEqualTo(7));
  }

  private static List<SettingProblem> check(Map<String, String> settings) {
    return SettingRules.check(config(settings));
  }

  private static SinkConfig config(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("target", "delta");
    all.put("delta.root", "file:/tmp/lake");
    return new SinkConfig(all);
  }

  private static Map<String, String> with(Map<String, String> settings, String key, String value) {
    Map<String, String> all = new HashMap<>(settings);
    all.put(key, value);
    return all;
  }
}
