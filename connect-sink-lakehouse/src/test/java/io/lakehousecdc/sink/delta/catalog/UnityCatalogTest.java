// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.catalog.Catalog.Outcome;
import io.lakehousecdc.sink.delta.catalog.CatalogException.Kind;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnityCatalogTest {
  private static final String API = "/api/2.1/unity-catalog";
  private static final String ID =
      "{\"name\":\"id\",\"type\":\"long\",\"nullable\":false,\"metadata\":{}}";
  private static final String PRICE =
      "{\"name\":\"price\",\"type\":\"decimal(10,2)\",\"nullable\":true,"
          + "\"metadata\":{\"comment\":\"in euros\"}}";
  private static final String TAGS =
      "{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"elementType\":\"long\","
          + "\"containsNull\":true},\"nullable\":true,\"metadata\":{}}";

  private FakeUnity unity;
  private UnityCatalog catalog;

  @BeforeEach
  void start() throws IOException {
    unity = new FakeUnity();
    catalog = new UnityCatalog(UnitySettings.of(settings(Map.of())));
  }

  @AfterEach
  void stop() {
    unity.close();
  }

  @Test
  void missingTableIsCreatedWithItsSchema() throws CatalogException {
    assertEquals(Outcome.CREATED, catalog.register(table(ID, PRICE, TAGS)));

    JsonNode stored = unity.table("lake.shop.items");
    assertEquals("EXTERNAL", stored.path("table_type").asText());
    assertEquals("DELTA", stored.path("data_source_format").asText());
    assertEquals("s3://bucket/lake/shop/items", stored.path("storage_location").asText());
    assertEquals("what is sold", stored.path("comment").asText());
    assertEquals(
        "id bigint, price decimal(10,2), tags array<bigint>, ", unity.columns("lake.shop.items"));
    JsonNode price = stored.path("columns").get(1);
    assertEquals("DECIMAL", price.path("type_name").asText());
    assertEquals(10, price.path("type_precision").asInt());
    assertEquals(2, price.path("type_scale").asInt());
    assertEquals("in euros", price.path("comment").asText());
    assertEquals(1, price.path("position").asInt());
    assertEquals(Json.parsed(PRICE), Json.parsed(price.path("type_json").asText()));
    assertFalse(stored.path("columns").get(0).path("nullable").asBoolean());
    assertEquals(0, stored.path("columns").get(0).path("partition_index").asInt(-1));
  }

  @Test
  void tableThatIsThereIsLeftAsItIs() throws CatalogException {
    catalog.register(table(ID, PRICE));
    unity.requests().clear();

    assertEquals(Outcome.UNCHANGED, catalog.register(table(ID, PRICE)));

    assertEquals(List.of("GET " + API + "/tables/lake.shop.items"), unity.requests());
  }

  @Test
  void newColumnIsRegistered() throws CatalogException {
    catalog.register(table(ID));

    assertEquals(Outcome.UPDATED, catalog.register(table(ID, TAGS)));

    assertEquals("id bigint, tags array<bigint>, ", unity.columns("lake.shop.items"));
    assertEquals(Outcome.UNCHANGED, catalog.register(table(ID, TAGS)));
  }

  @Test
  void commentsOfTheCatalogueStayWhereTheTableHasNone() throws CatalogException {
    catalog.register(table(ID));
    unity.commentColumn("lake.shop.items", 0, "set by hand");

    catalog.register(table(ID, PRICE));

    JsonNode columns = unity.table("lake.shop.items").path("columns");
    assertEquals("set by hand", columns.get(0).path("comment").asText());
    assertEquals("in euros", columns.get(1).path("comment").asText());
  }

  @Test
  void columnsStayWhereTheServerCannotChangeThem() throws CatalogException {
    unity.withoutDeltaApi();
    catalog.register(table(ID));

    assertEquals(Outcome.UNCHANGED, catalog.register(table(ID, PRICE)));

    assertEquals("id bigint, ", unity.columns("lake.shop.items"));
  }

  @Test
  void tableOfAnotherLocationIsLeftAlone() {
    assertLeftAlone("EXTERNAL", "s3://bucket/elsewhere");
  }

  @Test
  void managedTableIsLeftAlone() {
    assertLeftAlone("MANAGED", "s3://bucket/lake/shop/items");
  }

  private void assertLeftAlone(String type, String location) {
    unity.putTable(
        "lake.shop.items",
        Json.object()
            .put("table_type", type)
            .put("data_source_format", "DELTA")
            .put("storage_location", location));
    JsonNode before = unity.table("lake.shop.items");

    CatalogException failure =
        assertThrows(CatalogException.class, () -> catalog.register(table(ID)));

    assertEquals(Kind.TAKEN, failure.kind());
    assertTrue(failure.getMessage().contains("table.name.map"), failure.getMessage());
    assertEquals(before, unity.table("lake.shop.items"));
  }

  @Test
  void sameLocationInAnotherSpellingIsTheTable() throws CatalogException {
    unity.putTable(
        "lake.shop.items",
        Json.object()
            .put("table_type", "EXTERNAL")
            .put("data_source_format", "DELTA")
            .put("storage_location", "s3a://bucket/lake/shop/items/"));

    assertEquals(Outcome.UPDATED, catalog.register(table(ID)));
  }

  @Test
  void nameThatUnityDoesNotAllowIsLeftAlone() {
    CatalogTable odd =
        new CatalogTable(
            new TableId("shop", "my.items"), "s3://b/t", "id", "{}", List.of(), Optional.empty());

    CatalogException failure = assertThrows(CatalogException.class, () -> catalog.register(odd));

    assertEquals(Kind.TAKEN, failure.kind());
    assertEquals(List.of(), unity.requests());
  }

  @Test
  void serverThatFailsIsUnavailableToAll() {
    for (int status : new int[] {429, 500, 503}) {
      unity.failNext(status);
      assertEquals(
          Kind.UNAVAILABLE,
          assertThrows(CatalogException.class, () -> catalog.register(table(ID))).kind());
    }
  }

  @Test
  void missingPrivilegeConcernsTheTableAlone() {
    unity.failNext(403);

    CatalogException failure =
        assertThrows(CatalogException.class, () -> catalog.register(table(ID)));

    assertEquals(Kind.REFUSED, failure.kind());
    assertTrue(failure.getMessage().contains("CREATE TABLE"), failure.getMessage());
  }

  @Test
  void goodSettingsHaveNoProblem() {
    assertEquals(List.of(), CatalogSettings.problems(settings(Map.of()), null));
    assertEquals(Optional.empty(), CatalogSettings.check(settings(Map.of())));
  }

  @Test
  void everyWrongSettingIsNamed() {
    assertEquals(
        UnitySettings.TOKEN, checked(settings(Map.of(UnitySettings.TOKEN, "wrong-token"))).key());
    assertEquals(UnitySettings.NAME, checked(settings(Map.of(UnitySettings.NAME, "pond"))).key());
    assertEquals(
        UnitySettings.ENDPOINT,
        checked(settings(Map.of(UnitySettings.ENDPOINT, "http://127.0.0.1:1"))).key());
    Map<String, String> client = new HashMap<>();
    client.put(UnitySettings.TOKEN, null);
    client.put(UnitySettings.CLIENT_ID, FakeUnity.CLIENT_ID);
    client.put(UnitySettings.CLIENT_SECRET, "wrong-secret");
    assertEquals(UnitySettings.CLIENT_SECRET, checked(settings(client)).key());
  }

  @Test
  void settingsThatDoNotFitTogetherAreNamed() {
    assertProblem(UnitySettings.ENDPOINT, UnitySettings.ENDPOINT, null);
    assertProblem(UnitySettings.ENDPOINT, UnitySettings.ENDPOINT, "ftp://unity");
    assertProblem(UnitySettings.ENDPOINT, UnitySettings.ENDPOINT, "http://a:secret@unity");
    assertProblem(UnitySettings.NAME, UnitySettings.NAME, " ");
    assertProblem(UnitySettings.CLIENT_SECRET, UnitySettings.CLIENT_ID, "someone");
  }

  @Test
  void pathOfTheApiMayBePartOfTheEndpoint() throws CatalogException {
    new UnityCatalog(
            UnitySettings.of(settings(Map.of(UnitySettings.ENDPOINT, unity.address() + API + "/"))))
        .check();

    assertEquals(List.of("GET " + API + "/catalogs/lake"), unity.requests());
  }

  private void assertProblem(String expected, String key, String value) {
    Map<String, String> changed = new HashMap<>();
    changed.put(key, value);
    List<SettingProblem> problems = CatalogSettings.problems(settings(changed), null);

    assertEquals(List.of(expected), problems.stream().map(SettingProblem::key).toList());
    assertFalse(problems.get(0).message().contains("secret@"), problems.get(0).message());
  }

  private static SettingProblem checked(TargetSettings settings) {
    SettingProblem problem = CatalogSettings.check(settings).orElseThrow();
    assertFalse(problem.message().contains("wrong-"), problem.message());
    return problem;
  }

  /** Those of the fake, some of them changed, or removed where null. */
  private TargetSettings settings(Map<String, String> changed) {
    Map<String, String> values = new HashMap<>(unity.settings());
    changed.forEach(
        (key, value) -> {
          if (value == null) {
            values.remove(key);
          } else {
            values.put(key, value);
          }
        });
    return new TargetSettings(values, TableOptions.DEFAULT);
  }

  private static CatalogTable table(String... fields) {
    return new CatalogTable(
        new TableId("shop", "items"),
        "s3://bucket/lake/shop/items",
        "id",
        "{\"type\":\"struct\",\"fields\":[" + String.join(",", fields) + "]}",
        List.of("id"),
        Optional.of("what is sold"));
  }
}
