// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The rules which package may import which; docs/ARCHITECTURE.md explains why. */
class ArchitectureTest {
  private static final String ROOT = "io.lakehousecdc.sink";
  private static final String ORDER = "io.lakehousecdc.order";

  private static JavaClasses sink;

  @BeforeAll
  static void importClasses() {
    sink =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "change..   |",
        "error..    | change",
        "schema..   | change",
        "batch..    | change schema",
        "metrics..  | change",
        "spi..      | change batch error schema",
        "postgres.. | change batch error schema spi",
        "delta..    | change batch error schema spi",
        "decode..   | change error",
        "pipeline.. | change batch error schema metrics spi"
      })
  void packageImportsOnlyItsNeighboursBelow(String name, String allowed) {
    check(
        onlyDependsOn(name, allowed),
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
  @CsvSource(
      delimiter = '|',
      value = {
        "postgres.catalog   |",
        "postgres.codec     | postgres.catalog",
        "postgres.sql       | postgres.catalog postgres.codec",
        "postgres.session   | postgres.catalog postgres.sql",
        "postgres.store     | postgres.catalog postgres.sql postgres.session",
        "postgres.schema    | postgres.catalog postgres.codec postgres.sql postgres.session"
            + " postgres.store",
        "postgres.write     | postgres.catalog postgres.codec postgres.sql postgres.session"
            + " postgres.store postgres.schema",
        "delta.storage      |",
        "delta.parquet      | delta.storage",
        "delta.index        | delta.parquet",
        "delta.kernel       | delta.storage delta.parquet",
        "delta.domain       |",
        "delta.schema       | delta.parquet delta.kernel",
        "delta.snapshot     | delta.storage delta.parquet delta.index delta.kernel delta.domain"
            + " delta.schema",
        "delta.write        | delta.parquet delta.index delta.kernel delta.schema delta.snapshot",
        "delta.maintenance  | delta.storage delta.parquet delta.index delta.kernel delta.schema"
            + " delta.snapshot",
        "delta.table        | delta.storage delta.parquet delta.kernel delta.domain delta.schema"
            + " delta.snapshot delta.write delta.maintenance",
        "decode.type        |",
        "decode.table       | decode.type"
      })
  void layerOfAPackageImportsOnlyThoseBelow(String name, String allowed) {
    String parent = name.substring(0, name.indexOf('.'));
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "." + name + "..")
            .should()
            .dependOnClassesThat(
                resideInAPackage(ROOT + "." + parent + "..")
                    .and(not(resideInAnyPackage(packages(name, allowed))))),
        "."
            + name
            + " is a layer of ."
            + parent
            + " and may import only those below it ("
            + (allowed == null ? "none" : allowed)
            + "). Move the class to the layer that needs it, or turn the dependency round with an"
            + " interface");
  }

  private static ArchRule onlyDependsOn(String name, String allowed) {
    return noClasses()
        .that()
        .resideInAPackage(ROOT + "." + name)
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(packages(name, allowed)))));
  }

  /** The package and those that it may import, each with its sub-packages. */
  private static String[] packages(String name, String allowed) {
    List<String> packages = new ArrayList<>(List.of(name.replace("..", "")));
    if (allowed != null) {
      packages.addAll(List.of(allowed.split(" ")));
    }
    return packages.stream().map(each -> ROOT + "." + each + "..").toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"change", "batch", "schema", "error", "spi", "postgres", "delta", "pipeline"})
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

  @ParameterizedTest
  @CsvSource({"postgres, delta", "delta, postgres"})
  void targetsNeverImportEachOther(String one, String other) {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "." + one + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "." + other + ".."),
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
