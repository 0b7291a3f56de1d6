// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.catalog.Catalog.Outcome;
import io.lakehousecdc.sink.delta.catalog.CatalogException.Kind;
import io.lakehousecdc.sink.delta.storage.Stores;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

@Timeout(60)
class GlueCatalogTest {
  private static final String LOCATION = "s3://bucket/lake/shop/items";
  private static final String ID =
      "{\"name\":\"Id\",\"type\":\"long\",\"nullable\":false,\"metadata\":{}}";
  private static final String AT =
      "{\"name\":\"at\",\"type\":\"timestamp_ntz\",\"nullable\":true,"
          + "\"metadata\":{\"comment\":\"when\\nsold\"}}";
  private static final String TAGS =
      "{\"name\":\"tags\",\"type\":{\"type\":\"map\",\"keyType\":\"string\","
          + "\"valueType\":{\"type\":\"array\",\"elementType\":\"short\",\"containsNull\":true},"
          + "\"valueContainsNull\":true},\"nullable\":true,\"metadata\":{}}";

  private FakeGlue glue;
  private GlueCatalog catalog;

  @BeforeEach
  void start() throws IOException {
    glue = new FakeGlue();
    catalog = catalog(FakeGlue.SECRET);
  }

  @AfterEach
  void stop() {
    glue.close();
  }

  @Test
  void missingTableIsCreatedWithItsDatabase() throws CatalogException {
    assertEquals(Outcome.CREATED, catalog.register(table(ID, AT, TAGS)));

    JsonNode stored = glue.table("shop.items");
    assertEquals("EXTERNAL_TABLE", stored.path("TableType").asText());
    assertEquals("DELTA", stored.path("Parameters").path("table_type").asText());
    assertEquals("delta", stored.path("Parameters").path("spark.sql.sources.provider").asText());
    assertEquals(LOCATION, stored.path("StorageDescriptor").path("Location").asText());
    assertEquals(
        LOCATION,
        stored
            .path("StorageDescriptor")
            .path("SerdeInfo")
            .path("Parameters")
            .path("path")
            .asText());
    assertEquals("what is sold", stored.path("Description").asText());
    assertEquals(
        "id bigint, at timestamp, tags map<string,array<smallint>>, ", glue.columns("shop.items"));
    assertEquals(
        "when sold",
        stored.path("StorageDescriptor").path("Columns").get(1).path("Comment").asText());
  }

  @Test
  void tableThatIsThereIsLeftAsItIs() throws CatalogException {
    catalog.register(table(ID, AT));
    glue.requests().clear();

    assertEquals(Outcome.UNCHANGED, catalog.register(table(ID, AT)));

    assertEquals(List.of("POST AWSGlue.GetTable"), glue.requests());
  }

  @Test
  void newColumnIsRegisteredAndTheRestStays() throws CatalogException {
    catalog.register(table(ID));
    ObjectNode edited = (ObjectNode) glue.table("shop.items");
    ((ObjectNode) edited.path("Parameters")).put("team", "sales");
    ((ObjectNode) edited.path("StorageDescriptor").path("Columns").get(0))
        .put("Comment", "by hand");
    glue.putTable("shop.items", edited);

    assertEquals(Outcome.UPDATED, catalog.register(table(ID, AT)));

    assertEquals("id bigint, at timestamp, ", glue.columns("shop.items"));
    JsonNode stored = glue.table("shop.items");
    assertEquals("sales", stored.path("Parameters").path("team").asText());
    assertEquals(
        "by hand",
        stored.path("StorageDescriptor").path("Columns").get(0).path("Comment").asText());
    assertEquals(Outcome.UNCHANGED, catalog.register(table(ID, AT)));
  }

  @Test
  void tableThatSparkHasMadeIsKnownByItsPath() throws CatalogException {
    catalog.register(table(ID));
    ObjectNode edited = (ObjectNode) glue.table("shop.items");
    ((ObjectNode) edited.path("StorageDescriptor"))
        .put("Location", "s3://bucket/warehouse/items-__PLACEHOLDER__");
    glue.putTable("shop.items", edited);

    assertEquals(Outcome.UNCHANGED, catalog.register(table(ID)));
  }

  @Test
  void tableOfAnotherLocationIsLeftAlone() {
    assertLeftAlone("EXTERNAL_TABLE", "DELTA", "s3://bucket/elsewhere");
  }

  @Test
  void managedTableIsLeftAlone() {
    assertLeftAlone("MANAGED_TABLE", "DELTA", LOCATION);
  }

  @Test
  void tableOfAnotherFormatIsLeftAlone() {
    assertLeftAlone("EXTERNAL_TABLE", "ICEBERG", LOCATION);
  }

  private void assertLeftAlone(String type, String format, String location) {
    ObjectNode other = Json.object().put("Name", "items").put("TableType", type);
    other.putObject("Parameters").put("table_type", format);
    other.putObject("StorageDescriptor").put("Location", location);
    glue.putTable("shop.items", other);

    CatalogException failure =
        assertThrows(CatalogException.class, () -> catalog.register(table(ID)));

    assertEquals(Kind.TAKEN, failure.kind());
    assertEquals(other, glue.table("shop.items"));
  }

  @Test
  void throttlingHoldsUpAllAndARefusalTheTable() {
    glue.refuseNext("ThrottlingException");
    assertEquals(Kind.UNAVAILABLE, refusal().kind());
    glue.refuseNext("com.amazonaws.glue#InternalServiceException");
    assertEquals(Kind.UNAVAILABLE, refusal().kind());
    glue.refuseNext("AccessDeniedException");
    CatalogException denied = refusal();
    assertEquals(Kind.REFUSED, denied.kind());
    assertTrue(denied.getMessage().contains("UpdateTable"), denied.getMessage());
    glue.failNext(502);
    assertEquals(Kind.UNAVAILABLE, refusal().kind());
  }

  private CatalogException refusal() {
    return assertThrows(CatalogException.class, () -> catalog.register(table(ID)));
  }

  @Test
  void wrongSecretIsToldWithoutIt() throws CatalogException {
    catalog.check();

    CatalogException failure =
        assertThrows(CatalogException.class, () -> catalog("wrong-secret").check());

    assertEquals(Kind.UNAVAILABLE, failure.kind());
    assertFalse(failure.getMessage().contains("wrong-secret"), failure.getMessage());
  }

  @Test
  void credentialsAndRegionAreThoseOfTheStore() {
    assertEquals(Optional.empty(), CatalogSettings.check(settings(Map.of())));
    assertEquals(
        Optional.empty(),
        CatalogSettings.check(
            settings(
                Map.of("delta.s3.region", "us-west-2", GlueSettings.REGION, FakeGlue.REGION))));

    SettingProblem problem =
        CatalogSettings.check(settings(Map.of("delta.s3.region", "us-west-2"))).orElseThrow();
    assertTrue(problem.message().contains(GlueSettings.REGION), problem.message());
  }

  @Test
  void settingsThatDoNotFitAreNamed() {
    assertEquals(
        List.of(CatalogSettings.CATALOG),
        CatalogSettings.problems(settings(Map.of()), "/mnt/lake").stream()
            .map(SettingProblem::key)
            .toList());
    assertEquals(
        List.of(GlueSettings.ENDPOINT),
        CatalogSettings.problems(settings(Map.of(GlueSettings.ENDPOINT, "glue")), "s3://b/l")
            .stream()
            .map(SettingProblem::key)
            .toList());
    assertEquals(List.of(), CatalogSettings.problems(settings(Map.of()), "s3a://b/l"));
  }

  private TargetSettings settings(Map<String, String> changed) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : Stores.settings()) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.put(CatalogSettings.CATALOG, "glue");
    values.put(GlueSettings.ENDPOINT, glue.address());
    values.put("delta.s3.region", FakeGlue.REGION);
    values.put("delta.s3.access.key.id", FakeGlue.KEY_ID);
    values.put("delta.s3.secret.access.key", FakeGlue.SECRET);
    values.putAll(changed);
    return new TargetSettings(values, TableOptions.DEFAULT);
  }

  private GlueCatalog catalog(String secret) {
    GlueSettings settings =
        new GlueSettings(FakeGlue.REGION, URI.create(glue.address()), Optional.of("123456789012"));
    return new GlueCatalog(
        new GlueClient(settings, () -> AwsCredentialsIdentity.create(FakeGlue.KEY_ID, secret)),
        () -> {});
  }

  private static CatalogTable table(String... fields) {
    return new CatalogTable(
        new TableId("Shop", "Items"),
        LOCATION,
        "id",
        "{\"type\":\"struct\",\"fields\":[" + String.join(",", fields) + "]}",
        List.of(),
        Optional.of("what is sold"));
  }
}
