// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

/**
 * A data file that is complete and durable.
 *
 * @param location where it lies
 * @param size length in bytes
 * @param rows number of rows
 * @param statistics Delta statistics, as JSON
 */
public record WrittenFile(String location, long size, int rows, String statistics) {}
