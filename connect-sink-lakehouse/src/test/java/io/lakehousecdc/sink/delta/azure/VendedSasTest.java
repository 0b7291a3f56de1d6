// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.SignInException;
import io.lakehousecdc.sink.delta.rest.VendedSigner;
import io.lakehousecdc.sink.delta.storage.StoreCredential.AzureSas;
import io.lakehousecdc.sink.delta.storage.StoreCredential.GoogleToken;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VendedSasTest {
  private static final AzureLocations LOCATIONS =
      AzureLocations.ofRoot("abfss://lake@shop.dfs.core.windows.net/root");

  @ParameterizedTest
  @CsvSource({
    "/root/s/t/a%20b.parquet, root/s/t/a b.parquet",
    "/root/s/t/a.parquet?comp=block&blockid=x, root/s/t/a.parquet",
    "?comp=list&prefix=root%2Fs%2Ft%2F&restype=container, root/s/t/",
  })
  void requestHasTheSignatureOfItsPlace(String asked, String key) throws IOException {
    for (String endpoint : new String[] {"https://shop.blob.core.windows.net", "http://h:1/shop"}) {
      StoreCredentials byPlace =
          location -> {
            assertEquals("abfss://lake@shop.dfs.core.windows.net/" + key, location);
            return new AzureSas("?sig=abc", Instant.MAX);
          };
      VendedSigner signer =
          new VendedSigner(byPlace, LOCATIONS, new VendedSas(URI.create(endpoint)));
      URI uri = URI.create(endpoint + "/lake" + asked);

      Call signed = signer.sign(Call.of(Operation.GET, "GET", uri));

      assertEquals(uri + (asked.contains("?") ? "&" : "?") + "sig=abc", signed.uri().toString());
    }
  }

  @Test
  void credentialOfAnotherStoreIsRefused() {
    VendedSigner signer =
        new VendedSigner(
            location -> new GoogleToken("t", Instant.MAX),
            LOCATIONS,
            new VendedSas(URI.create("http://h:1")));

    assertThrows(
        SignInException.class,
        () -> signer.sign(Call.of(Operation.GET, "GET", URI.create("http://h:1/lake/a"))));
  }
}
