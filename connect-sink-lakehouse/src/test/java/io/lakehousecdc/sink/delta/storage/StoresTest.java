// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.ForwardingFileIO;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoresTest {
  private static final String KEY = "delta.fake.key";

  private final Stores stores = new Stores();

  /** Stores that only tell whether they were closed. */
  private static final class Fakes implements StoreFactory {
    private static final class Fake extends ForwardingFileIO {
      boolean closed;

      Fake() {
        super(new LocalFileIO());
      }

      @Override
      public void close() {
        closed = true;
      }
    }

    @Override
    public boolean serves(String scheme) {
      return scheme.equals("fake");
    }

    @Override
    public List<Setting> settings() {
      return List.of(Setting.optional(KEY, Kind.SECRET, null, "A key."));
    }

    @Override
    public String resolve(String root) {
      return root;
    }

    @Override
    public FileIO open(String root, TargetSettings settings, StoreFigures figures) {
      return new Fake();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/data/lake", "lake", "file:///data/lake", "FILE:/data/lake"})
  void localPathsAreServed(String location) {
    try (Stores.Lease lease = stores.open(location, settings(Map.of()))) {
      assertInstanceOf(LocalFileIO.class, lease.store());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "S3A://bucket//la%20ke/, s3://bucket/la ke",
    "abfs://c@a.dfs.core.windows.net/lake/, abfss://c@a.dfs.core.windows.net/lake",
    "wasbs://c@a.blob.core.windows.net//lake, abfss://c@a.dfs.core.windows.net/lake",
    "gs://bucket//lake/, gs://bucket/lake",
    "/data/lake/, /data/lake",
  })
  void rootsAreResolvedAsTheirStoresDo(String root, String resolved) {
    assertEquals(resolved, stores.resolve(root));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hdfs://node/lake", "OSS://b/x"})
  void otherSchemesAreRefusedAndTheSeamIsNamed(String location) {
    FatalException failure =
        assertThrows(FatalException.class, () -> stores.open(location, settings(Map.of())));

    assertTrue(failure.getMessage().contains("delta.root"), failure.getMessage());
    assertTrue(failure.getMessage().contains(StoreFactory.class.getName()), failure.getMessage());
  }

  @Test
  void credentialsInTheLocationAreNotRepeated() {
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> stores.open("hdfs://user:secret@node/lake", settings(Map.of())));

    assertFalse(failure.getMessage().contains("secret"), failure.getMessage());
  }

  @Test
  void tasksOfEqualSettingsShareAStoreUntilTheLastOneCloses() {
    Stores fakes = new Stores(List.of(new Fakes()));
    Stores.Lease one = fakes.open("fake://a/b", settings(Map.of(KEY, "k")));
    Stores.Lease same = fakes.open("fake://a/b", settings(Map.of(KEY, "k")));
    Stores.Lease other = fakes.open("fake://a/b", settings(Map.of(KEY, "l")));

    assertSame(one.store(), same.store());
    assertSame(one.figures(), same.figures());
    assertNotSame(one.store(), other.store());
    Fakes.Fake store = (Fakes.Fake) one.store();
    one.close();
    one.close();
    assertFalse(store.closed);
    same.close();
    assertTrue(store.closed);
    assertNotSame(store, fakes.open("fake://a/b", settings(Map.of(KEY, "k"))).store());
  }

  private static TargetSettings settings(Map<String, String> values) {
    return new TargetSettings(values, null);
  }
}
