// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this module, as written by the build. */
final class PluginVersion {
  private static final String VERSION = read();

  private PluginVersion() {}

  static String version() {
    return VERSION;
  }

  private static String read() {
    Properties properties = new Properties();
    try (InputStream resource = PluginVersion.class.getResourceAsStream("version.properties")) {
      properties.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException("The plugin's jar is damaged: no version.properties", e);
    }
    return properties.getProperty("version");
  }
}
