// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.display;

import java.time.Duration;

/** Where the demo tells what it does. Safe for use by many threads. */
public interface Display {
  /** Tells something, which stays. */
  void say(String text);

  /** Shows the present state; the next one may take its place. */
  void show(Status status);

  /** The state shown last stays where it is; what is told from now on comes below. */
  void settle();

  /** How often to call {@link #show}. */
  Duration interval();

  Style style();
}
