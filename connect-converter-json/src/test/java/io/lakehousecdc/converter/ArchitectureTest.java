// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules which package of the converter may import which. */
class ArchitectureTest {
  private static final String ROOT = "io.lakehousecdc.converter";

  private final JavaClasses converter =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void directionsDoNotKnowEachOther() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
        .layer("converter")
        .definedBy(ROOT)
        .layer("read")
        .definedBy(ROOT + ".read")
        .layer("write")
        .definedBy(ROOT + ".write")
        .layer("option")
        .definedBy(ROOT + ".option")
        .whereLayer("converter")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("read")
        .mayOnlyBeAccessedByLayers("converter")
        .whereLayer("write")
        .mayOnlyBeAccessedByLayers("converter")
        .check(converter);
  }

  @Test
  void anyWorkerHasWhatTheConverterNeeds() {
    classes()
        .that()
        .resideInAPackage(ROOT + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(ROOT + "..", "java..", "org.apache.kafka..")
        .because("its libraries would have to agree with those of every worker")
        .check(converter);
  }
}
