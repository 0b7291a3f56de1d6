// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.testkit.Azurite;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is said of containers that cannot be used. */
class AzureUsableIT {
  private static final String WRONG_KEY = "d3Jvbmcga2V5IHdyb25nIGtleQ==";

  @BeforeAll
  static void assumeInstalled() {
    SharedAzurite.assumeInstalled();
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
                    .formatted(Azurite.ACCOUNT, Azurite.KEY, SharedAzurite.endpoint())))) {
      store.requireUsable(AzureContainer.root("lake") + "/delta");
    }
  }

  @Test
  void credentialOfAnotherStoreIsNamed() {
    try (FileIO store =
        AzureContainer.store(
            SharedAzurite.endpoint(),
            location -> new StoreCredential.GoogleToken("hidden", Instant.MAX))) {
      FatalException failure =
          assertThrows(
              FatalException.class,
              () -> store.requireUsable(AzureContainer.root("lake") + "/delta"));

      assertTrue(failure.getMessage().contains("GoogleToken"), failure::getMessage);
      assertFalse(failure.getMessage().contains("hidden"), failure::getMessage);
    }
  }

  @Test
  void sharedAccessSignatureOpensAContainer() throws Exception {
    try (FileIO store = signed("racwdl")) {
      store.requireUsable(AzureContainer.root("lake") + "/delta");
    }
  }

  @Test
  void signatureThatAllowsTooLittleIsNamed() throws Exception {
    try (FileIO store = signed("racwl")) {
      FatalException failure =
          assertThrows(
              FatalException.class,
              () -> store.requireUsable(AzureContainer.root("lake") + "/delta"));

      assertTrue(failure.getMessage().contains("refuses to delete"), failure::getMessage);
      assertTrue(failure.getMessage().contains("racwdl"), failure::getMessage);
    }
  }

  /**
   * A store with a signature for the container.
   *
   * @see <a href="https://learn.microsoft.com/rest/api/storageservices/create-service-sas">Service
   *     SAS</a>
   */
  private static FileIO signed(String permissions) throws Exception {
    String end = "2099-01-01T00:00:00Z";
    String version = "2021-12-02";
    String text =
        String.join(
            "\n",
            permissions,
            "",
            end,
            "/blob/" + Azurite.ACCOUNT + "/lake",
            "",
            "",
            "",
            version,
            "c",
            "",
            "",
            "",
            "",
            "",
            "",
            "");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(AzureSettings.accountKey(Azurite.KEY), "HmacSHA256"));
    String signature = Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    return AzureContainer.store(
        AzureContainer.root("lake"),
        new StoreFigures(),
        Map.of(
            AzureSettings.ENDPOINT,
            SharedAzurite.endpoint().toString(),
            AzureSettings.SAS_TOKEN,
            "sv=%s&sr=c&sp=%s&se=%s&sig=%s"
                .formatted(
                    version,
                    permissions,
                    URLEncoder.encode(end, UTF_8),
                    URLEncoder.encode(signature, UTF_8))));
  }

  @Test
  void missingContainerIsNamed() {
    refused(
        FatalException.class,
        "none",
        "Create the container",
        Map.of(
            AzureSettings.ENDPOINT,
            SharedAzurite.endpoint().toString(),
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
                SharedAzurite.endpoint().toString(),
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
                SharedAzurite.endpoint().toString(),
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
