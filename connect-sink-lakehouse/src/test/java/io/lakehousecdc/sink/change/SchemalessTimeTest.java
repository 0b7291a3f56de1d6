// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import static io.lakehousecdc.sink.change.SchemalessTime.ADAPTIVE;
import static io.lakehousecdc.sink.change.SchemalessTime.AUTO;
import static io.lakehousecdc.sink.change.SchemalessTime.MICROSECONDS;
import static io.lakehousecdc.sink.change.SchemalessTime.MILLISECONDS;
import static io.lakehousecdc.sink.change.SchemalessTime.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemalessTimeTest {
  private static long micros(String time) {
    Instant instant = Instant.parse(time);
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1900-01-01T00:00:00Z",
        "1952-03-04T05:06:07.890Z",
        "1970-01-01T00:00:00Z",
        "1980-01-01T00:00:00Z",
        "2026-01-01T00:00:00.001Z",
        "2999-12-31T00:00:00Z",
        "9999-12-31T23:59:59.999Z"
      })
  void sourceOfTheColumnsPrecisionIsRead(String time) {
    long expected = micros(time);
    assertThat(AUTO.timestamp(expected, 6)).isEqualTo(expected);
    assertThat(AUTO.timestamp(expected / 1_000, 3)).isEqualTo(expected);
  }

  /** Never a row of 1970 where the source has one of today, nor one of the year 58000. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1900-01-01T00:00:00Z",
        "1952-03-04T05:06:07.890Z",
        "1980-01-01T00:00:00Z",
        "2026-01-01T00:00:00.001Z",
        "2200-01-01T00:00:00Z",
        "2999-12-31T00:00:00Z",
        "9999-12-31T23:59:59.999Z"
      })
  void numberOfAnotherUnitIsRefused(String time) {
    long expected = micros(time);
    assertRefused(() -> AUTO.timestamp(expected / 1_000, 6));
    if (Instant.parse(time).isAfter(Instant.parse("1979-01-01T00:00:00Z"))) {
      assertRefused(() -> AUTO.timestamp(expected, 3));
    }
  }

  @Test
  void nanosecondsAreRefusedByDefault() {
    assertRefused(() -> AUTO.timestamp(micros("2026-01-01T00:00:00Z") * 1_000, 6));
    assertRefused(() -> AUTO.timestamp(micros("2026-01-01T00:00:00Z") * 1_000, 3));
  }

  @Test
  void unitThatIsToldIsTrusted() {
    assertThat(ADAPTIVE.timestamp(5, 6)).isEqualTo(5);
    assertThat(ADAPTIVE.timestamp(5, 3)).isEqualTo(5_000);
    assertThat(MILLISECONDS.timestamp(5, 6)).isEqualTo(5_000);
    assertThat(MICROSECONDS.timestamp(5, 3)).isEqualTo(5);
    assertThat(NANOSECONDS.timestamp(5_000, 6)).isEqualTo(5);
    assertThatThrownBy(() -> NANOSECONDS.timestamp(5_001, 6)).hasMessageContaining("finer");
    assertThatThrownBy(() -> MILLISECONDS.timestamp(Long.MAX_VALUE / 999, 6))
        .hasMessageContaining("out of the range");
  }

  @Test
  void textTellsItsTime() {
    long last = micros("9999-12-31T23:59:59.999999Z");
    assertThat(SchemalessTime.timestamp("9999-12-31T23:59:59.999999Z")).isEqualTo(last);
    assertThat(SchemalessTime.timestamp("9999-12-31 23:59:59.999999")).isEqualTo(last);
    assertThat(SchemalessTime.timestamp("2026-01-01T02:00:00+02:00"))
        .isEqualTo(micros("2026-01-01T00:00:00Z"));
    assertThat(SchemalessTime.timestamp("-0043-03-15T00:00:00Z"))
        .isEqualTo(micros("-0043-03-15T00:00:00Z"));
    assertThat(SchemalessTime.timestamp("-infinity")).isEqualTo(Long.MIN_VALUE);
    assertThatThrownBy(() -> SchemalessTime.timestamp("yesterday"))
        .hasMessageContaining("no date or time");
    assertThatThrownBy(() -> SchemalessTime.timestamp("2026-01-01T00:00:00.0000001Z"))
        .hasMessageContaining("finer");
    assertThatThrownBy(() -> SchemalessTime.timestamp("+999999-01-01T00:00:00Z"))
        .hasMessageContaining("out of range");
  }

  @Test
  void infinityIsRecognised() {
    assertThat(AUTO.timestamp(Long.MAX_VALUE, 3)).isEqualTo(Long.MAX_VALUE);
    assertThat(AUTO.timestamp(9_223_372_036_825_200_000L, 6)).isEqualTo(Long.MAX_VALUE);
    assertThat(AUTO.timestamp(-9_223_372_036_832_400_000L, 6)).isEqualTo(Long.MIN_VALUE);
  }

  @ParameterizedTest
  @CsvSource({"0, 6, 0", "86400000000, 6, 86400000000", "86400001, 6, 86400001", "5, 3, 5000"})
  void timesOfDayAreRead(long count, int digits, long expected) {
    assertThat(AUTO.timeOfDay(count, digits)).isEqualTo(expected);
  }

  @Test
  void timeOfDayOfAnotherUnitIsRefused() {
    assertRefused(() -> AUTO.timeOfDay(43_200_000, 6));
    assertRefused(() -> AUTO.timeOfDay(43_200_000_000L, 3));
    assertRefused(() -> AUTO.timeOfDay(43_200_000_000_000L, 6));
    assertThat(MILLISECONDS.timeOfDay(43_200_000, 6)).isEqualTo(43_200_000_000L);
    assertThat(MICROSECONDS.timeOfDay(43_200_000, 3)).isEqualTo(43_200_000L);
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable read) {
    assertThatThrownBy(read)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schemaless.time.unit");
  }
}
