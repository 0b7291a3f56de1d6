// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.write;

/**
 * Thrown where a writer cannot tell what {@code JsonConverter} would write, or whether it would
 * fail. Without a stack trace, because it may be thrown for every record.
 */
public final class Unwritable extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Unwritable INSTANCE = new Unwritable();

  private Unwritable() {
    super("not recognised", null, false, false);
  }

  /** The only instance. */
  static Unwritable value() {
    return INSTANCE;
  }
}
