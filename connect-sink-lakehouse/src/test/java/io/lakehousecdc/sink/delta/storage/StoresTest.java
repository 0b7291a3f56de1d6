// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.error.FatalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoresTest {

  @ParameterizedTest
  @ValueSource(strings = {"/data/lake", "lake", "file:///data/lake", "FILE:/data/lake"})
  void localPathsAreServed(String location) {
    assertInstanceOf(LocalFileIO.class, Stores.forLocation(location));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3a://bucket/lake", "abfss://c@a.dfs.core.windows.net/x", "GS://b/x"})
  void otherSchemesAreRefusedAndTheSeamIsNamed(String location) {
    FatalException failure = assertThrows(FatalException.class, () -> Stores.forLocation(location));

    assertTrue(failure.getMessage().contains("delta.root"), failure.getMessage());
    assertTrue(failure.getMessage().contains(FileIO.class.getName()), failure.getMessage());
  }

  @Test
  void credentialsInTheLocationAreNotRepeated() {
    FatalException failure =
        assertThrows(
            FatalException.class, () -> Stores.forLocation("s3a://user:secret@bucket/lake"));

    assertTrue(!failure.getMessage().contains("secret"), failure.getMessage());
  }
}
