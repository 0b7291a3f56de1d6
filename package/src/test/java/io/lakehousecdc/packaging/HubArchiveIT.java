// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Test that the archive meets the rules of the Confluent Hub component format.
 *
 * @see <a
 *     href="https://docs.confluent.io/platform/current/connect/confluent-hub/component-archive.html">Component
 *     archive specification</a>
 */
class HubArchiveIT {
  private static final Path PATH = Path.of(System.getProperty("archive"));
  private static final String VERSION = System.getProperty("version");

  /** What the archive may weigh, with the clients of all stores. */
  private static final long GREATEST_BYTES = 55_000_000;

  private static HubArchive archive;
  private static JsonNode manifest;

  @BeforeAll
  static void open() throws IOException {
    archive = new HubArchive(PATH);
    manifest = new ObjectMapper().readTree(archive.bytes("manifest.json"));
  }

  @AfterAll
  static void close() throws IOException {
    archive.close();
  }

  @Test
  void everythingLiesInOneDirectoryOfTheArchivesName() {
    for (ZipEntry entry : archive.entries()) {
      assertTrue(entry.getName().startsWith(archive.name() + "/"), entry.getName());
    }
  }

  @Test
  void manifestHasEveryField() {
    List<String> fields =
        List.of(
            "/name",
            "/version",
            "/title",
            "/description",
            "/logo",
            "/documentation_url",
            "/source_url",
            "/tags/0",
            "/requirements/0",
            "/component_types/0",
            "/release_date",
            "/owner/username",
            "/owner/type",
            "/owner/name",
            "/owner/url",
            "/owner/logo",
            "/support/provider_name",
            "/support/summary",
            "/support/url",
            "/support/logo",
            "/features/supported_encodings/0",
            "/features/single_message_transforms",
            "/features/confluent_control_center_integration",
            "/features/kafka_connect_api",
            "/features/delivery_guarantee/0",
            "/license/0/name",
            "/license/0/url",
            "/license/0/logo");
    for (String field : fields) {
      assertFalse(manifest.at(field).asText().isBlank(), "manifest.json has nothing at " + field);
    }
    assertTrue(manifest.at("/docker_image").isObject(), "docker_image");
  }

  @Test
  void manifestAgreesWithTheArchive() {
    String owner = manifest.at("/owner/username").asText();
    String name = manifest.at("/name").asText();
    assertEquals(archive.name(), owner + "-" + name + "-" + manifest.at("/version").asText());
    assertEquals(VERSION, manifest.at("/version").asText());
    assertEquals(List.of("sink", "transform", "converter"), texts("/component_types"));
    assertEquals(List.of("at_least_once", "exactly_once"), texts("/features/delivery_guarantee"));
    LocalDate.parse(manifest.at("/release_date").asText());
    for (String logo : List.of("/logo", "/owner/logo", "/support/logo", "/license/0/logo")) {
      assertTrue(archive.bytes(manifest.at(logo).asText()).length > 0, logo);
    }
    assertFalse(archive.text("manifest.json").contains("${"), "an unfiltered property");
  }

  @Test
  void documentsAndSamplesAreThere() {
    assertEquals(VERSION, archive.text("doc/version.txt").strip());
    assertTrue(archive.text("doc/LICENSE").contains("Apache License"));
    assertTrue(archive.text("doc/NOTICE").contains("connect-lakehouse"));
    assertTrue(archive.files().contains("doc/README.md"));
    assertTrue(
        archive.files().stream().anyMatch(file -> file.matches("etc/.+\\.json")),
        "no sample configuration in etc/");
  }

  @Test
  void noJarBringsClassesThatTheWorkerHas() {
    List<String> workers =
        List.of(
            "org/apache/kafka/",
            "org/slf4j/",
            "org/apache/log4j/",
            "org/apache/logging/",
            "ch/qos/",
            "io/debezium/");
    for (String jar : archive.jars()) {
      for (String file : archive.jar(jar).keySet()) {
        for (String prefix : workers) {
          assertFalse(
              file.startsWith(prefix),
              jar + " holds " + file + ": exclude it, or name it as provided, in package/pom.xml");
        }
      }
    }
  }

  @Test
  void libHoldsJarsOnly() {
    assertFalse(archive.jars().isEmpty());
    for (String jar : archive.jars()) {
      assertTrue(jar.matches("[^/]+\\.jar"), jar);
    }
  }

  @Test
  void libHoldsAllPluginsAndWhatTheyNeed() {
    Set<String> own =
        own().stream()
            .map(jar -> jar.substring(0, jar.length() - "-.jar".length() - VERSION.length()))
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            "connect-sink-lakehouse",
            "connect-smt-cdc",
            "connect-converter-json",
            "connect-tools-lakehouse",
            "connect-cdc-order",
            "hadoop-shim"),
        own);
  }

  @Test
  void hadoopIsItsStandIn() {
    for (String jar : archive.jars()) {
      boolean hadoop =
          archive.jar(jar).keySet().stream()
              .anyMatch(file -> file.startsWith("org/apache/hadoop/"));
      assertEquals(jar.startsWith("hadoop-shim-"), hadoop, jar);
    }
  }

  @Test
  void archiveIsSmallEnoughToBeFetchedByEveryWorker() throws IOException {
    long bytes = Files.size(PATH);
    assertTrue(
        bytes <= GREATEST_BYTES,
        PATH + " has " + bytes + " bytes: exclude what the sink does not need. " + weights());
  }

  /** What the jars take of the archive, heaviest first. */
  private static String weights() {
    return archive.entries().stream()
        .filter(entry -> entry.getName().endsWith(".jar"))
        .sorted(Comparator.comparingLong(ZipEntry::getCompressedSize).reversed())
        .map(entry -> entry.getCompressedSize() + " " + entry.getName())
        .collect(Collectors.joining("\n", "\n", ""));
  }

  @Test
  void everyBundledJarHasALicence() {
    // A line: "     (Licence) Name (group:artifact:version - url)".
    Pattern line = Pattern.compile("^ +\\((.+)\\) .* \\([^: ]+:([^: ]+):([^: ]+) - .*\\)$");
    String list = archive.text("doc/licenses/THIRD-PARTY.txt");
    Set<String> files = Set.copyOf(archive.files());
    Set<String> licensed = new TreeSet<>();
    for (Matcher found : list.lines().map(line::matcher).filter(Matcher::matches).toList()) {
      assertFalse(found.group(1).startsWith("Unknown"), found.group());
      String directory = "doc/licenses/" + found.group(2) + "/";
      assertTrue(
          found.group(1).contains("Apache")
              || files.stream().anyMatch(f -> f.startsWith(directory) && f.contains("LICENSE")),
          directory + " has no text of " + found.group(1) + ": put one into src/main/licenses");
      licensed.add(found.group(2) + "-" + found.group(3) + ".jar");
    }
    assertEquals(licensed, new TreeSet<>(archive.jars()), "THIRD-PARTY.txt against lib/");
  }

  @Test
  void licenceTextsThatJarsShipAreKept() {
    for (String jar : archive.jars()) {
      String directory = "doc/licenses/" + jar.replaceFirst("-\\d.*", "") + "/";
      archive.jar(jar).keySet().stream()
          .filter(file -> file.matches("META-INF/(LICENSE|NOTICE)[^/]*"))
          .forEach(file -> assertTrue(archive.files().contains(directory + file), file));
    }
  }

  @Test
  void checksumFileIsTheArchives() throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(PATH));
    String line = Files.readString(Path.of(PATH + ".sha512")).strip();
    assertEquals(HexFormat.of().formatHex(digest) + " *" + PATH.getFileName(), line);
  }

  @Test
  void archiveBuiltTwiceHasTheSameBytes() throws IOException {
    Path again = PATH.resolveSibling("again").resolve(PATH.getFileName());
    assertEquals(-1, Files.mismatch(PATH, again), "first byte that differs in " + again);
  }

  @Test
  void timesInTheArchiveAndInTheJarsOfThisProjectAreThoseOfTheRelease() {
    Set<Long> times = archive.entries().stream().map(ZipEntry::getTime).collect(Collectors.toSet());
    own().forEach(jar -> times.addAll(archive.timesIn(jar)));
    assertEquals(1, times.size(), "built on another day it would differ: " + times);
  }

  /** The jars of this project. */
  private static List<String> own() {
    return archive.jars().stream().filter(jar -> jar.endsWith("-" + VERSION + ".jar")).toList();
  }

  private static List<String> texts(String pointer) {
    List<String> texts = new ArrayList<>();
    manifest.at(pointer).forEach(node -> texts.add(node.asText()));
    return texts;
  }
}
