// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.testkit.GcsFake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of buckets that cannot be used. */
class GcsUsableIT {
  private final GcsFake server = GcsFake.start("lake");

  @TempDir Path directory;

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void missingBucketIsNamed() {
    refused(FatalException.class, "gs://none/delta", "Create the bucket", endpoint());
  }

  @ParameterizedTest
  @CsvSource({"POST,write", "GET /storage/v1/b/lake/o,list", "GET /storage/v1/b/lake/o/,read"})
  void deniedRequestIsNamed(String denied, String attempt) {
    server.deny(
        request -> denied.endsWith("/o") ? request.equals(denied) : request.startsWith(denied));

    String message =
        refused(FatalException.class, "gs://lake/delta", "roles/storage.objectUser", endpoint());
    assertTrue(message.contains("refuses to " + attempt), message);
  }

  @Test
  void deniedDeleteIsNamed() {
    server.deny(request -> request.startsWith("DELETE"));

    String message =
        refused(FatalException.class, "gs://lake/delta", "retention policy", endpoint());
    assertTrue(message.contains("refuses to delete"), message);
  }

  @Test
  void storeThatIgnoresPreconditionsIsRefused() {
    server.ignorePreconditions();

    refused(FatalException.class, "gs://lake/delta", "ifGenerationMatch", endpoint());
  }

  @Test
  void missingCredentialsAreNamed() {
    server.requireToken("token");

    refused(FatalException.class, "gs://lake/delta", GcsSettings.CREDENTIALS_FILE, endpoint());
  }

  @Test
  void wrongCredentialsFileIsNamed() throws IOException {
    Path file = directory.resolve("key.json");
    Files.writeString(file, "{\"type\": \"service_account\", \"private_key\": \"hidden\"}");

    String message =
        refused(
            FatalException.class,
            "gs://lake/delta",
            file.toString(),
            Map.of(
                GcsSettings.ENDPOINT,
                server.endpoint().toString(),
                GcsSettings.CREDENTIALS_FILE,
                file.toString()));
    assertFalse(message.contains("hidden"), message);
  }

  @Test
  void hostThatIsNotThereIsNamed() {
    refused(
        RetriableException.class,
        "gs://lake/delta",
        "DNS",
        Map.of(GcsSettings.ENDPOINT, "http://storage.invalid"));
  }

  @Test
  void uploadThatIsGivenUpIsForgotten() throws IOException {
    try (FileIO store = GcsBucket.store(server.endpoint(), new StoreFigures())) {
      try (var output = store.create("gs://lake/a")) {
        output.write(new byte[17 << 20]);
      }
      assertEquals(0, server.openUploads());
    }
  }

  @Test
  void contradictorySettingsAreNamed() {
    assertEquals(
        List.of(GcsSettings.ENDPOINT),
        problems(
            Map.of(
                GcsSettings.ENDPOINT,
                "http://storage.example.com",
                GcsSettings.CREDENTIALS_FILE,
                "key.json")));
    assertEquals(
        List.of(GcsSettings.ENDPOINT),
        problems(
            Map.of(
                GcsSettings.ENDPOINT,
                "http://storage.example.com",
                "delta.unity.credentials",
                "true")));
    assertEquals(
        List.of(),
        problems(
            Map.of(
                GcsSettings.ENDPOINT, "http://localhost:4443", "delta.unity.credentials", "true")));
    assertEquals(List.of(GcsSettings.ENDPOINT), problems(Map.of(GcsSettings.ENDPOINT, "storage")));
    assertEquals(List.of(), problems(Map.of(GcsSettings.CREDENTIALS_FILE, "key.json")));
  }

  private Map<String, String> endpoint() {
    return Map.of(GcsSettings.ENDPOINT, server.endpoint().toString());
  }

  private static List<String> problems(Map<String, String> settings) {
    return GcsSettings.problems(GcsBucket.settings(settings)).stream()
        .map(SettingProblem::key)
        .toList();
  }

  private static String refused(
      Class<? extends TargetException> kind,
      String root,
      String expected,
      Map<String, String> settings) {
    try (FileIO store = GcsBucket.store(new StoreFigures(), settings)) {
      String message = assertThrows(kind, () -> store.requireUsable(root)).getMessage();
      assertTrue(message.contains(expected), message);
      return message;
    }
  }
}
