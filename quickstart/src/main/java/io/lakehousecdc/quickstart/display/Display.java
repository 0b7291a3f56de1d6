// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.display;

import java.time.Duration;

/** The output of the demo. Safe for use by many threads. */
public interface Display {
  /** Prints a line that stays. */
  void say(String text);

  /** Shows the current state; the next call may replace it. */
  void show(Status status);

  /** Ends the live view: the state shown last stays, and later lines come below it. */
  void freeze();

  /** How often to call {@link #show}. */
  Duration interval();

  Style style();
}
