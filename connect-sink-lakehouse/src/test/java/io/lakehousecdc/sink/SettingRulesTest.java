// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
  void usualSettingsFitTogether() {
    assertThat(check(Map.of())).isEmpty();
    assertThat(config(Map.of()).tables().metadata().unchanged()).contains("_cdc_unchanged");
  }

  private static List<SettingProblem> check(Map<String, String> settings) {
    return SettingRules.check(config(settings));
  }

  private static SinkConfig config(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("target", "delta");
    all.put("delta.root", "file:/tmp/lake");
    return new SinkConfig(all);
  }
}
