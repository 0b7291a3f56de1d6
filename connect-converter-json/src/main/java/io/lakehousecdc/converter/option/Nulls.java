// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.option;

/** What becomes of null where a schema has a default: {@code replace.null.with.default}. */
public enum Nulls {
  /** The default takes its place. */
  REPLACED,
  /** It stays null. */
  KEPT
}
