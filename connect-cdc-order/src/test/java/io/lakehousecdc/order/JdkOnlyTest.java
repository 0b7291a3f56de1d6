// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class JdkOnlyTest {
  private static final JavaClasses ORDER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.lakehousecdc.order");

  @Test
  void orderOfChangesDependsOnTheJdkAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "io.lakehousecdc.order..")
        .because(
            "the sink and the transforms share it, in class loaders that have nothing in common"
                + " but the JDK: turn types of Kafka or Debezium into a SourcePosition before they"
                + " come here")
        .check(ORDER);
  }

  @Test
  void orderOfChangesLogsNothing() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(System.Logger.class.getName())
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .because("a result says what happened; the caller knows topic and offset, and logs it")
        .check(ORDER);
  }
}
