// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the search for the setting that a wrong name was meant for. */
class NearMissTest {
  private static final List<String> KNOWN =
      List.of("flush.interval.ms", "postgres.user", "metadata.column.ts", "delta.vacuum");

  @ParameterizedTest
  @CsvSource({
    "flush.intervall.ms, flush.interval.ms",
    "flush.intreval.ms, flush.interval.ms",
    "flush_interval_ms, flush.interval.ms",
    "Flush.Interval.Ms, flush.interval.ms",
    "flush.intervalms, flush.interval.ms",
    "postgres.usr, postgres.user",
    "delta.vacum, delta.vacuum",
  })
  void slipIsRecognised(String name, String meant) {
    assertEquals(Optional.of(meant), NearMiss.of(name, KNOWN));
  }

  /** Settings of a later version, among them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "metadata.column.tx",
        "delta.catalog",
        "flush.max.ms",
        "postgres.url",
        "flush",
        ""
      })
  void otherNameIsNot(String name) {
    assertEquals(Optional.empty(), NearMiss.of(name, KNOWN));
  }
}
