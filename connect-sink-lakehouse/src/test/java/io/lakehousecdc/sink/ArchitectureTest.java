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

/** Who may import whom; docs/ARCHITECTURE.md explains why. */
class ArchitectureTest {
  private static final String ROOT = "io.lakehousecdc.sink";

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
        "change   |",
        "error    | change",
        "schema   | change",
        "batch    | change schema",
        "metrics  | change",
        "target   | change batch error schema",
        "target.*.. | change batch error schema target",
        "decode   | change error target",
        "pipeline | change batch error schema metrics target decode"
      })
  void packageImportsOnlyItsNeighboursBelow(String name, String allowed) {
    String self = ROOT + "." + name;
    List<String> neighbours = new ArrayList<>(List.of(self));
    if (allowed != null) {
      for (String neighbour : allowed.split(" ")) {
        neighbours.add(ROOT + "." + neighbour);
      }
    }
    check(
        noClasses()
            .that()
            .resideInAPackage(self)
            .should()
            .dependOnClassesThat(
                resideInAPackage(ROOT + "..")
                    .and(not(resideInAnyPackage(neighbours.toArray(String[]::new))))),
        "."
            + name
            + " may import only its neighbours below ("
            + (allowed == null ? "none" : allowed)
            + "). Move what both need down to .change or .target, or hand it in through an"
            + " interface that ."
            + name
            + " declares");
  }

  @ParameterizedTest
  @ValueSource(strings = {"change", "batch", "schema", "error", "target", "pipeline"})
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
  void changeDependsOnTheJdkAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + ".change..")
            .should()
            .dependOnClassesThat(not(resideInAnyPackage("java..", ROOT + ".change.."))),
        "every package speaks the vocabulary of .change: put what needs a library elsewhere");
  }

  @Test
  void onlyThePostgresTargetSpeaksJdbc() {
    only(
        ROOT + ".target.postgres..",
        "SQL belongs to the target that speaks it: hide it behind .target's interfaces",
        "java.sql..",
        "javax.sql..",
        "org.postgresql..");
  }

  @Test
  void onlyTheDeltaTargetSpeaksDeltaAndParquet() {
    only(
        ROOT + ".target.delta..",
        "Delta and Parquet belong to one target: hide them behind .target's interfaces",
        "io.delta..",
        "org.apache.parquet..",
        "org.apache.hadoop..",
        "org.roaringbitmap..");
  }

  @Test
  void onlyOnePackageTouchesKernelsInternals() {
    only(
        ROOT + ".target.delta.kernel..",
        "Kernel's internal packages change without notice: add what you need to"
            + " .target.delta.kernel, in terms of public types",
        "io.delta.kernel.internal..");
  }

  @Test
  void targetsNeverImportEachOther() {
    ArchRule rule = slices().matching(ROOT + ".target.(*)..").should().notDependOnEachOther();
    check(
        rule, "a target must be removable: move what two targets share to .target, or to .schema");
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
