// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

/**
 * A column that is compared.
 *
 * @param source its name at the source
 * @param target its name in the target
 * @param kinds what its values are on either side
 * @param sourceType name in SQL of its type at the source
 * @param targetType the same of the target, where that is PostgreSQL
 */
record ComparedColumn(
    String source, String target, ValueKind.Pair kinds, String sourceType, String targetType) {
  Form form() {
    return kinds.form();
  }
}
