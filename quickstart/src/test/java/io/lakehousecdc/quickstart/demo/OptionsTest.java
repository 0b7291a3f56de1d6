// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.quickstart.shop.Mix;
import io.lakehousecdc.quickstart.shop.UsageException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void defaultsAreThoseOfTheUsageText() {
    Options options = Options.parse(List.of());
    assertEquals(
        new Options(
            200,
            Duration.ofSeconds(30),
            new Mix(0.3, 0.6, 0.1),
            Options.Store.LOCAL,
            Options.Ending.STOP,
            Options.WarehouseState.UNTOUCHED),
        options);
    assertTrue(
        List.of("[200]", "[30]", "[0.30]", "[0.60]", "[0.10]", "[local]").stream()
            .allMatch(Options.usage()::contains));
  }

  @Test
  void everyOptionIsTaken() {
    assertEquals(
        new Options(
            50,
            Duration.ofSeconds(7),
            new Mix(1, 0, 0.5),
            Options.Store.S3,
            Options.Ending.SERVE,
            Options.WarehouseState.TAMPERED),
        Options.parse(
            words(
                "--rate 50 --seconds 7 --insert-p 1 --update-p 0 --delete-p 0.5 --store s3 --serve --tamper")));
  }

  @ParameterizedTest
  @CsvSource({
    "--rate, --rate needs a value",
    "--rate 0, --rate needs a whole number from 1 to 100000",
    "--rate fast, --rate needs a whole number from 1 to 100000",
    "--seconds -1, --seconds needs a whole number from 1 to 86400",
    "--insert-p 2, --insert-p needs a number from 0 to 1",
    "--delete-p NaN, --delete-p needs a number from 0 to 1",
    "--store, --store needs a value",
    "--store tape, --store needs local or s3",
    "--sevre, unknown option --sevre",
  })
  void wrongOptionIsNamed(String line, String message) {
    UsageException refused = assertThrows(UsageException.class, () -> Options.parse(words(line)));
    assertTrue(refused.getMessage().startsWith(message), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = "--insert-p 0 --update-p 0 --delete-p 0")
  void mixOfNothingIsRefused(String line) {
    assertThrows(UsageException.class, () -> Options.parse(words(line)));
  }

  private static List<String> words(String line) {
    return Arrays.asList(line.split(" "));
  }
}
