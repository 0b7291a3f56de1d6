// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

/**
 * Thrown where a reader cannot tell what {@code JsonConverter} would make of its input: it says
 * nothing of whether the input is valid. Without a stack trace, because it may be thrown for every
 * record.
 */
public final class Unrecognized extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Unrecognized INSTANCE = new Unrecognized();

  private Unrecognized() {
    super("not recognised", null, false, false);
  }

  /** The only instance. */
  public static Unrecognized input() {
    return INSTANCE;
  }
}
