// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.SignInException;
import io.lakehousecdc.sink.delta.rest.VendedSigner;
import io.lakehousecdc.sink.delta.storage.StoreCredential.GoogleToken;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VendedTokenTest {

  @ParameterizedTest
  @CsvSource({
    "/storage/v1/b/lake/o/root%2Fs%2Ft%2Fa.parquet?alt=media, gs://lake/root/s/t/a.parquet",
    "/storage/v1/b/lake/o?delimiter=%2F&prefix=root%2Fs%2Ft%2F, gs://lake/root/s/t/",
    "/upload/storage/v1/b/lake/o?name=root%2Fs%2Ft%2Fa%2Bb&uploadType=media,"
        + " gs://lake/root/s/t/a+b",
  })
  void requestHasTheTokenOfItsPlace(String asked, String location) throws IOException {
    Call signed =
        signer(place -> new GoogleToken("token-of-" + place, Instant.MAX)).sign(call(asked));

    assertEquals("Bearer token-of-" + location, signed.headers().get("authorization"));
  }

  @Test
  void partOfAnUploadNeedsNone() throws IOException {
    Call part = call("/upload/storage/v1/b/lake/o?uploadType=resumable&upload_id=x");

    Call signed = signer(place -> new GoogleToken(place, Instant.MAX)).sign(part);

    assertTrue(signed.headers().isEmpty(), signed.headers().toString());
  }

  @Test
  void refusalIsToldAndNothingSent() {
    VendedSigner signer =
        signer(
            place -> {
              throw new AccessDeniedException(place, null, "grant it");
            });

    SignInException failure =
        assertThrows(
            SignInException.class, () -> signer.sign(call("/storage/v1/b/lake/o/root%2Fa")));
    assertTrue(failure.getMessage().contains("grant it"), failure.getMessage());
  }

  private static VendedSigner signer(StoreCredentials credentials) {
    return new VendedSigner(credentials, new GcsLocations(), new VendedToken());
  }

  private static Call call(String asked) {
    return Call.of(Operation.GET, "GET", URI.create("https://storage.googleapis.com" + asked));
  }
}
