// SPDX-License-Identifier: Apache-2.0
/**
 * A converter that gives the results of Kafka's {@code JsonConverter} without parsing, or writing,
 * the same schema for every record. {@code .read} and {@code .write} hold its two directions.
 */
package io.lakehousecdc.converter;
