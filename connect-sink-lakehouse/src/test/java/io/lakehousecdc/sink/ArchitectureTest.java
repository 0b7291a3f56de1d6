// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules which package may import which; docs/ARCHITECTURE.md explains why. */
class ArchitectureTest {
  private static final String ROOT = "io.lakehousecdc.sink";
  private static final String ORDER = "io.lakehousecdc.order";

  /**
   * The packages of {@link #ROOT} but the targets', and which of their neighbours they may import.
   */
  private static final String PACKAGES =
      """
      change   |
      error    | change
      schema   | change
      batch    | change schema
      metrics  | change
      spi      | change batch error schema
      version  | change batch error spi
      decode   | change error
      pipeline | change batch error schema metrics spi
      """;

  private static final String BELOW_TARGETS = "change batch error schema metrics spi version";

  /** The layers of a package, and which of its other layers they may import. */
  private static final String LAYERS =
      """
      postgres.catalog  |
      postgres.codec    | catalog
      postgres.sql      | catalog codec
      postgres.session  | catalog sql
      postgres.store    | catalog sql session
      postgres.schema   | catalog codec sql session store
      postgres.write    | catalog codec sql session store schema
      delta.storage     |
      delta.s3          | storage
      delta.rest        | storage
      delta.azure       | storage rest
      delta.gcs         | storage rest
      delta.parquet     | storage
      delta.index       | storage parquet
      delta.kernel      | storage parquet
      delta.catalog     | storage s3 kernel
      delta.domain      |
      delta.schema      | parquet kernel
      delta.snapshot    | storage parquet index kernel domain schema
      delta.write       | storage parquet index kernel domain schema snapshot
      delta.maintenance | storage parquet index kernel schema snapshot
      delta.table       | storage parquet index kernel domain schema snapshot write maintenance
      decode.type       |
      decode.table      | type
      pipeline.transaction |
      """;

  private static JavaClasses sink;

  @BeforeAll
  static void importClasses() {
    sink =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
  }

  /** The packages of the targets that {@link Targets} lists, without {@link #ROOT}. */
  static List<String> targets() {
    return Targets.all().stream()
        .map(factory -> factory.getClass().getPackageName().substring(ROOT.length() + 1))
        .toList();
  }

  static List<String> packagesWithoutKafka() {
    List<String> packages =
        new ArrayList<>(List.of("change", "batch", "schema", "error", "spi", "pipeline"));
    packages.addAll(targets());
    return packages;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = PACKAGES)
  void packageImportsOnlyItsNeighboursBelow(String name, String allowed) {
    check(
        noClasses()
            .that()
            .resideInAPackage(within(name))
            .should()
            .dependOnClassesThat(
                resideInAPackage(ROOT + "..")
                    .and(not(resideInAnyPackage(withinAny("", name, allowed))))),
        "."
            + name
            + " may import only its neighbours below ("
            + (allowed == null ? "none" : allowed)
            + "). Move what both need down to .change or .spi, or hand it in through an"
            + " interface that ."
            + name
            + " declares");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void targetImportsOnlyWhatIsBelowTheTargets(String target) {
    packageImportsOnlyItsNeighboursBelow(target, BELOW_TARGETS);
  }

  @Test
  void everyPackageHasARule() {
    List<String> known = new ArrayList<>(targets());
    known.addAll(names(PACKAGES));
    List<String> permitted = new ArrayList<>(List.of(ROOT));
    known.forEach(name -> permitted.add(within(name)));
    check(
        classes().should().resideInAnyPackage(permitted.toArray(String[]::new)),
        "a package without a rule may import anything: list a target's factory in Targets, and any"
            + " other package in this test");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = LAYERS)
  void layerOfAPackageImportsOnlyThoseBelow(String name, String allowed) {
    String room = name.substring(0, name.indexOf('.'));
    String layer = name.substring(name.indexOf('.') + 1);
    check(
        noClasses()
            .that()
            .resideInAPackage(within(name))
            .should()
            .dependOnClassesThat(
                resideInAPackage(within(room))
                    .and(not(resideInAnyPackage(withinAny(room + ".", layer, allowed))))),
        "."
            + name
            + " is a layer of ."
            + room
            + " and may import only those below it ("
            + (allowed == null ? "none" : allowed)
            + "). Move the class to the layer that needs it, or turn the dependency round with an"
            + " interface");
  }

  @Test
  void everyLayerHasARule() {
    List<String> known = new ArrayList<>(names(PACKAGES));
    known.addAll(targets());
    List<String> permitted = new ArrayList<>(List.of(ROOT));
    known.forEach(name -> permitted.add(ROOT + "." + name));
    names(LAYERS).forEach(name -> permitted.add(within(name)));
    check(
        classes().should().resideInAnyPackage(permitted.toArray(String[]::new)),
        "a layer without a rule may import any other: list it in this test");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("packagesWithoutKafka")
  void packageKnowsNoKafkaType(String name) {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "." + name + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.."),
        "only the connector, its task and .decode speak Kafka: turn the Kafka type into one of"
            + " .change where it enters");
  }

  @Test
  void changeDependsOnTheJdkAndTheOrderOfChangesAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + ".change..")
            .should()
            .dependOnClassesThat(
                not(resideInAnyPackage("java..", ORDER + "..", ROOT + ".change.."))),
        "every package speaks the vocabulary of .change: put what needs a library elsewhere");
  }

  @Test
  void onlyThePostgresTargetSpeaksJdbc() {
    only(
        ROOT + ".postgres..",
        "SQL belongs to the target that speaks it: hide it behind .spi's interfaces",
        "java.sql..",
        "javax.sql..",
        "org.postgresql..");
  }

  @Test
  void onlyTheDeltaTargetSpeaksDeltaAndParquet() {
    only(
        ROOT + ".delta..",
        "Delta and Parquet belong to one target: hide them behind .spi's interfaces",
        "io.delta..",
        "org.apache.parquet..",
        "org.apache.hadoop..",
        "org.roaringbitmap..");
  }

  @Test
  void onlyOnePackageTouchesKernelsInternals() {
    only(
        ROOT + ".delta.kernel..",
        "Kernel's internal packages change without notice: add what you need to"
            + " .delta.kernel, in terms of public types",
        "io.delta.kernel.internal..");
  }

  @Test
  void onlyTheStoreInS3AndCataloguesSpeakToAws() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".delta.s3..", ROOT + ".delta.catalog..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk.."),
        "the AWS SDK belongs to the services that speak it: hide it behind .delta.storage's FileIO,"
            + " or .delta.catalog's Catalog");
  }

  @Test
  void onlyTheStoresOfACloudKnowItsLibraries() {
    only(
        ROOT + ".delta.azure..",
        "Azure's libraries sign in to Azure: hide them behind .delta.rest's Signer",
        "com.azure..",
        "com.microsoft..");
    only(
        ROOT + ".delta.gcs..",
        "Google's libraries sign in to Google Cloud: hide them behind .delta.rest's Signer",
        "com.google..");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void targetsNeverImportEachOther(String one) {
    String[] others =
        targets().stream()
            .filter(other -> !other.equals(one))
            .map(ArchitectureTest::within)
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(within(one))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others),
        "a target must be removable: move what two targets share to .spi, or to .schema");
  }

  @Test
  void nothingIsNamedAfterMavensOutput() {
    check(
        noClasses().should().resideInAPackage("..target.."),
        "build output lies in directories called target, which tools skip: name the package after"
            + " what it holds");
  }

  @Test
  void packagesHaveNoCycles() {
    check(
        slices().matching("io.lakehousecdc.(**)").should().beFreeOfCycles(),
        "split the package in the cycle, or turn one dependency round with an interface");
  }

  @Test
  void nothingIsNamedUtils() {
    check(
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util"),
        "name a class after the one thing that it does");
  }

  @Test
  void debeziumIsUsedForConstantsOnly() {
    check(
        noClasses().should().dependOnClassesThat().resideInAPackage("io.debezium.."),
        "Debezium is not in the archive: use its String constants, which the compiler copies, and"
            + " nothing else of it");
  }

  @Test
  void sinkNeverImportsTheTransforms() {
    check(
        noClasses().should().dependOnClassesThat().resideInAPackage("io.lakehousecdc.smt.."),
        "the transforms serve any sink: neither side may rely on the other");
  }

  /** What the lines of a table of rules are about. */
  private static List<String> names(String rules) {
    return rules.lines().map(line -> line.substring(0, line.indexOf('|')).strip()).toList();
  }

  private static String within(String name) {
    return ROOT + "." + name + "..";
  }

  /** The package and those that it may import, each with its sub-packages. */
  private static String[] withinAny(String prefix, String name, String allowed) {
    List<String> packages = new ArrayList<>(List.of(name));
    if (allowed != null) {
      packages.addAll(List.of(allowed.split(" ")));
    }
    return packages.stream().map(each -> within(prefix + each)).toArray(String[]::new);
  }

  private static void only(String owner, String remedy, String... packages) {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(owner)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages),
        remedy);
  }

  private static void check(ArchRule rule, String remedy) {
    rule.because(remedy).allowEmptyShould(true).check(sink);
  }
}
