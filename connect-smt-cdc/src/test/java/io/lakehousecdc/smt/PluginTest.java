// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;

class PluginTest {

  @Test
  void serviceLoaderFindsTheTransforms() {
    Set<String> found =
        ServiceLoader.load(Transformation.class).stream()
            .map(provider -> provider.type().getName())
            .filter(name -> name.startsWith("io.lakehousecdc"))
            .collect(Collectors.toSet());
    assertEquals(Set.of("io.lakehousecdc.smt.LsnDedup", "io.lakehousecdc.smt.DlqRouter"), found);
  }

  @Test
  void versionIsThatOfTheBuild() {
    String version = new LsnDedup<>().version();
    assertEquals(version, new DlqRouter<>().version());
    assertTrue(version.matches("\\d+\\.\\d+\\.\\d+.*"), version);
  }

  @Test
  void everyKeyIsDocumentedAndGrouped() {
    for (ConfigDef definition : Set.of(LsnDedup.CONFIG_DEF, DlqRouter.CONFIG_DEF)) {
      for (ConfigDef.ConfigKey key : definition.configKeys().values()) {
        assertFalse(key.documentation.isBlank(), key.name);
        assertNotNull(key.group, key.name);
        assertFalse(key.displayName.isBlank(), key.name);
      }
    }
  }
}
