// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

/**
 * A row of a table as the key index finds it.
 *
 * @param location place in the index, by which a row is told from all others
 * @param file active file that holds it
 * @param row index in the file, from 0
 */
public record StoredRow(long location, LiveFile file, int row) {}
