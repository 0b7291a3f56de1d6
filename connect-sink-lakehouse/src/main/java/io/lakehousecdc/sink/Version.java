// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build. */
final class Version {
  private static final String VALUE = read();

  private Version() {}

  static String value() {
    return VALUE;
  }

  private static String read() {
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("The jar lacks version.properties", e);
    }
  }
}
