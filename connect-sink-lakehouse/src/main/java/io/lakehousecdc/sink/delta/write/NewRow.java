// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.KeyBits;

/**
 * A row that a commit writes.
 *
 * @param values aligned to the table's columns
 * @param key null in append mode
 */
public record NewRow(Object[] values, KeyBits key) {}
