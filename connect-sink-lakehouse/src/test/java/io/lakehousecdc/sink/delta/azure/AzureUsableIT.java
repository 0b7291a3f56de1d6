// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.testkit.Azurite;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is said of containers that cannot be used. */
class AzureUsableIT {
  private static final String WRONG_KEY = "d3Jvbmcga2V5IHdyb25nIGtleQ==";
  private static Azurite server;

  @BeforeAll
  static void start() {
    assumeTrue(Azurite.installed(), "Azurite is not installed");
    server = Azurite.start();
    AzureContainer.create(server.endpoint(), "lake");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void connectionStringOpensAContainer() {
    try (FileIO store =
        AzureContainer.store(
            AzureContainer.root("lake"),
            new StoreFigures(),
            Map.of(
                AzureSettings.CONNECTION_STRING,
                "AccountName=%s;AccountKey=%s;BlobEndpoint=%s"
                    .formatted(Azurite.ACCOUNT, Azurite.KEY, server.endpoint())))) {
      store.requireUsable(AzureContainer.root("lake") + "/delta");
    }
  }

  @Test
  void missingContainerIsNamed() {
    refused(
        FatalException.class,
        "none",
        "Create the container",
        Map.of(
            AzureSettings.ENDPOINT,
            server.endpoint().toString(),
            AzureSettings.ACCOUNT_KEY,
            Azurite.KEY));
  }

  @Test
  void wrongKeyIsNamed() {
    String message =
        refused(
            FatalException.class,
            "lake",
            AzureSettings.ACCOUNT_KEY,
            Map.of(
                AzureSettings.ENDPOINT,
                server.endpoint().toString(),
                AzureSettings.ACCOUNT_KEY,
                WRONG_KEY));

    assertFalse(message.contains(WRONG_KEY), message);
  }

  @Test
  void wrongSignatureIsNamed() {
    String message =
        refused(
            FatalException.class,
            "lake",
            AzureSettings.SAS_TOKEN,
            Map.of(
                AzureSettings.ENDPOINT,
                server.endpoint().toString(),
                AzureSettings.SAS_TOKEN,
                "sv=2021-12-02&sr=c&sp=racwdl&se=2099-01-01T00%3A00%3A00Z&sig=bm9uZQ%3D%3D"));

    assertFalse(message.contains("bm9uZQ"), message);
  }

  @Test
  void hostThatIsNotThereIsNamed() {
    refused(
        RetriableException.class,
        "lake",
        "DNS",
        Map.of(
            AzureSettings.ENDPOINT,
            "https://no-such-account.invalid",
            AzureSettings.ACCOUNT_KEY,
            Azurite.KEY));
  }

  private static String refused(
      Class<? extends TargetException> kind,
      String container,
      String expected,
      Map<String, String> settings) {
    String root = AzureContainer.root(container);
    try (FileIO store = AzureContainer.store(root, new StoreFigures(), settings)) {
      String message = assertThrows(kind, () -> store.requireUsable(root + "/delta")).getMessage();
      assertTrue(message.contains(expected), message);
      return message;
    }
  }
}
