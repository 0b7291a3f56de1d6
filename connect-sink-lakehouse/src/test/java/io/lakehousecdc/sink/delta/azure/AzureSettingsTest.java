// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.rest.ObjectName;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureSettingsTest {
  private static final String KEY = "c2VjcmV0";
  private static final String ROOT = "abfss://lake@shop.dfs.core.windows.net/delta";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          abfss://lake@shop.dfs.core.windows.net/a/b    | abfss://lake@shop.dfs.core.windows.net/a/b
          ABFS://lake@shop.dfs.core.windows.net//a/./b/ | abfss://lake@shop.dfs.core.windows.net/a/b
          wasbs://lake@shop.blob.core.windows.net/a%20b | abfss://lake@shop.dfs.core.windows.net/a b
          abfss://lake@shop.dfs.core.windows.net/x/../a | abfss://lake@shop.dfs.core.windows.net/a
          abfss://lake@shop.dfs.core.windows.net/       | abfss://lake@shop.dfs.core.windows.net
          """)
  void locationsHaveOneForm(String given, String resolved) {
    AzureLocations locations = AzureLocations.ofRoot(ROOT);

    assertEquals(resolved, locations.resolve(given));
  }

  @ParameterizedTest
  @ValueSource(strings = {"100%25", "x//a", "/x", "x/./a"})
  void keyOfAResolvedLocationStaysAsItIs(String key) {
    AzureLocations locations = AzureLocations.ofRoot(ROOT);
    ObjectName name = new ObjectName("lake", key);

    assertEquals(name, locations.name(locations.location(name)));
  }

  @Test
  void otherAccountIsRefused() {
    AzureLocations locations = AzureLocations.ofRoot(ROOT);

    assertThrows(
        IllegalArgumentException.class,
        () -> locations.name("abfss://lake@other.dfs.core.windows.net/a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"abfss://lake/delta", "abfss://lake@shop.example.com/x", "abfss:///x"})
  void rootOfAnotherFormIsRefused(String root) {
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> AzureContainer.store(root, new StoreFigures(), Map.of()).close());

    assertTrue(failure.getMessage().contains("abfss://container@account"), failure::getMessage);
  }

  @Test
  void accountOfTheConnectionStringHasToBeTheRoots() {
    FatalException failure =
        assertThrows(
            FatalException.class,
            () ->
                AzureContainer.store(
                        ROOT,
                        new StoreFigures(),
                        Map.of(
                            AzureSettings.CONNECTION_STRING, "AccountName=other;AccountKey=" + KEY))
                    .close());

    assertTrue(failure.getMessage().contains("other"), failure::getMessage);
    assertFalse(failure.getMessage().contains(KEY), failure::getMessage);
  }

  @Test
  void severalCredentialsContradictEachOther() {
    assertEquals(
        List.of(AzureSettings.ACCOUNT_KEY),
        problems(Map.of(AzureSettings.ACCOUNT_KEY, KEY, AzureSettings.CLIENT_ID, "id")));
    assertEquals(
        List.of(AzureSettings.SAS_TOKEN, AzureSettings.ENDPOINT),
        problems(
            Map.of(
                AzureSettings.SAS_TOKEN,
                "sv=1&sig=x",
                AzureSettings.CONNECTION_STRING,
                "AccountName=a;AccountKey=" + KEY,
                AzureSettings.ENDPOINT,
                "https://a.example.com")));
  }

  @Test
  void soundSettingsAreTaken() {
    assertEquals(List.of(), problems(Map.of()));
    assertEquals(List.of(), problems(Map.of(AzureSettings.ACCOUNT_KEY, KEY)));
    assertEquals(List.of(), problems(Map.of(AzureSettings.SAS_TOKEN, "?sv=1&sig=a%2Fb%3D")));
    assertEquals(List.of(), problems(Map.of(AzureSettings.ENDPOINT, "https://shop.example.com/")));
    assertEquals(
        List.of(),
        problems(
            Map.of(
                AzureSettings.CONNECTION_STRING,
                "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + KEY)));
  }

  @Test
  void unsoundSettingsAreNamed() {
    assertEquals(
        List.of(AzureSettings.ENDPOINT), problems(Map.of(AzureSettings.ENDPOINT, "example.com")));
    assertEquals(
        List.of(AzureSettings.ACCOUNT_KEY), problems(Map.of(AzureSettings.ACCOUNT_KEY, "?")));
    assertEquals(
        List.of(AzureSettings.CONNECTION_STRING),
        problems(Map.of(AzureSettings.CONNECTION_STRING, "UseDevelopmentStorage=true")));
    assertEquals(
        List.of("delta.azure.proxy.url"),
        problems(Map.of("delta.azure.proxy.url", "http://user:pass@proxy:3128")));
    assertEquals(List.of("delta.azure.retries"), problems(Map.of("delta.azure.retries", "-1")));
  }

  @Test
  void tokensAreNotSentWhereAnybodyReadsThem() {
    Map<String, String> open = Map.of(AzureSettings.ENDPOINT, "http://shop.example.com");

    assertEquals(List.of(AzureSettings.ENDPOINT), problems(open));
    assertEquals(
        List.of(AzureSettings.ENDPOINT),
        problems(
            Map.of(
                AzureSettings.ENDPOINT,
                "http://shop.example.com",
                AzureSettings.SAS_TOKEN,
                "sv=1&sig=x")));
    assertEquals(
        List.of(AzureSettings.CONNECTION_STRING),
        problems(
            Map.of(
                AzureSettings.CONNECTION_STRING,
                "DefaultEndpointsProtocol=http;AccountName=a;SharedAccessSignature=sv=1&sig=x")));
  }

  @Test
  void emulatorsMayBeReachedWithoutEncryption() {
    assertEquals(
        List.of(),
        problems(
            Map.of(
                AzureSettings.ENDPOINT,
                "http://127.0.0.1:10000/shop",
                AzureSettings.SAS_TOKEN,
                "sv=1&sig=x")));
    assertEquals(
        List.of(),
        problems(
            Map.of(
                AzureSettings.ENDPOINT,
                "http://azurite:10000/shop",
                AzureSettings.ACCOUNT_KEY,
                KEY)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sv=1", "sv=1&sig=%zz", "https://host/?sig=a b"})
  void messageAboutASignatureHoldsNothingOfIt(String token) {
    List<SettingProblem> problems =
        AzureSettings.problems(AzureContainer.settings(Map.of(AzureSettings.SAS_TOKEN, token)));

    assertEquals(1, problems.size());
    assertFalse(problems.get(0).message().contains(token), problems.get(0).message());
  }

  private static List<String> problems(Map<String, String> settings) {
    return AzureSettings.problems(AzureContainer.settings(settings)).stream()
        .map(SettingProblem::key)
        .toList();
  }
}
