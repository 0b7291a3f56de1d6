// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.type;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtcTextTest {
  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

  @Test
  void everyDayIsReadAsByTheCalendar() {
    LocalDate end = LocalDate.of(10_000, 1, 1);
    for (LocalDate day = LocalDate.of(0, 1, 1); day.isBefore(end); day = day.plusDays(1)) {
      assertEquals(day.toEpochDay() * 86_400_000_000L, UtcText.micros(day + "T00:00:00Z"));
    }
  }

  @Test
  void timesOfAnyPrecisionAreReadAsByTheCalendar() {
    Random random = new Random(7);
    long[] units = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 60_000_000};
    for (int i = 0; i < 100_000; i++) {
      long unit = units[random.nextInt(units.length)];
      long micros = random.nextLong(micros(FIRST) / unit, micros(LAST) / unit) * unit;
      Instant time = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
      assertEquals(micros, UtcText.micros(time.toString()), time.toString());
      assertEquals(micros, UtcText.micros(shortest(time)), shortest(time));
    }
  }

  /** Debezium leaves zeros out at the end of the fraction. */
  private static String shortest(Instant time) {
    String text = time.atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
    String whole = text.length() == 16 ? text + ":00" : text;
    return (whole.contains(".") ? whole.replaceAll("0+$", "") : whole) + "Z";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "infinity",
        "-infinity",
        "2026-11-21",
        "2026-11-21T03:34Z",
        "2026-11-21T03:34:52",
        "2026-11-21T03:34:52.Z",
        "2026-11-21T03:34:52,1Z",
        "2026-11-21T03:34:52.1234567Z",
        "2026-11-21T03:34:52.12345xZ",
        "2026-11-21T03:34:52.12345+Z",
        "2026-11-21T03:34:52+00:00",
        "2026-11-21T03:34:52.1+01",
        "2026-11-21 03:34:52.123Z",
        "2026-11-21T03:34:52.123z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T23:60:00Z",
        "2026-11-21T23:59:60Z",
        "2026-00-21T23:59:00Z",
        "2026-13-21T23:59:00Z",
        "2026-11-00T23:59:00Z",
        "2026-11-31T23:59:00Z",
        "2026-02-29T23:59:00Z",
        "1900-02-29T23:59:00Z",
        "12026-11-21T03:34:52Z",
        "-2026-11-21T03:34:52Z",
        "+026-11-21T03:34:52Z",
        "2026-1\u0661-21T03:34:52Z",
        "2026/11/21T03:34:52Z",
      })
  void otherTextsAreLeftToTheReaderOfAllForms(String text) {
    assertEquals(UtcText.OTHER, UtcText.micros(text));
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }
}
