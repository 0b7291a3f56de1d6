// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Commands share what is below them, and know nothing of each other. */
class ArchitectureTest {
  private static final String ROOT = "io.lakehousecdc.tools";

  private static final JavaClasses TOOLS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT, "io.lakehousecdc.status");

  @Test
  void commandsDoNotImportEachOther() {
    for (String command : new String[] {"reconcile", "erase", "status"}) {
      classes()
          .that()
          .resideInAPackage(ROOT + "." + command)
          .should()
          .onlyBeAccessed()
          .byAnyPackage(ROOT + "." + command, ROOT)
          .because("what two commands need belongs into a package of its own")
          .check(TOOLS);
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.lakehousecdc.(tools.*)..").should().beFreeOfCycles().check(TOOLS);
  }
}
