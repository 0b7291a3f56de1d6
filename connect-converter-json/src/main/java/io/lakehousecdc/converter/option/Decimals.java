// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.option;

/** How decimal numbers are written: the setting {@code decimal.format}. */
public enum Decimals {
  /** Their unscaled value, in Base64. */
  BASE64,
  /** As numbers. */
  NUMERIC
}
