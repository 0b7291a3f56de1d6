// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3LocationTest {

  @ParameterizedTest
  @CsvSource({
    "s3://lake, s3://lake",
    "s3://lake/, s3://lake",
    "S3A://lake/a/b/, s3://lake/a/b",
    "s3n://lake//a/./x/../b, s3://lake/a/b",
    "s3://lake/../../a, s3://lake/a",
    "s3://lake/my%20data/%E2%82%AC, s3://lake/my data/€",
    "s3://lake/100%/5%zz/%2, s3://lake/100%/5%zz/%2",
    "s3://lake/a+b?c#d, s3://lake/a+b?c#d",
  })
  void locationsHaveOneForm(String given, String resolved) {
    assertEquals(resolved, S3Location.resolve(given));
    assertEquals(resolved, S3Location.of(resolved).toString());
  }

  @Test
  void bucketAndKeyAreTold() {
    assertEquals(new S3Location("lake", "a/b"), S3Location.of("s3://lake/a/b"));
    assertEquals("a/b/", S3Location.of("s3://lake/a/b").prefix());
    assertEquals("", S3Location.of("s3://lake").prefix());
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3:///a", "s3:lake/a", "lake/a", "s3://key:secret@lake/a", "gs://lake"})
  void otherLocationsAreRefused(String given) {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> S3Location.resolve(given));

    assertFalse(failure.getMessage().contains("secret@"), failure.getMessage());
  }
}
