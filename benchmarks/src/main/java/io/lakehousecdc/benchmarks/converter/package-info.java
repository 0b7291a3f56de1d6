// SPDX-License-Identifier: Apache-2.0
/** The converter alone, compared with Kafka's {@code JsonConverter}. */
package io.lakehousecdc.benchmarks.converter;
