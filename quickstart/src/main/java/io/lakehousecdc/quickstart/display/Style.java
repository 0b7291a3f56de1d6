// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.display;

/** The styles of text on terminals; elsewhere there is none. */
public enum Style {
  PLAIN("", "", "", ""),
  ANSI("\u001b[1m", "\u001b[32m", "\u001b[31m", "\u001b[0m");

  private final String bold;
  private final String green;
  private final String red;
  private final String reset;

  Style(String bold, String green, String red, String reset) {
    this.bold = bold;
    this.green = green;
    this.red = red;
    this.reset = reset;
  }

  public String heading(String text) {
    return bold + text + reset;
  }

  public String good(String text) {
    return green + text + reset;
  }

  public String bad(String text) {
    return red + text + reset;
  }
}
