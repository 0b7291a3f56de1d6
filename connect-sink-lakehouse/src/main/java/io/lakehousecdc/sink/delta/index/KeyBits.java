// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

/**
 * A key in the form that the index compares: two 64-bit words. See {@link KeyEncoder}.
 *
 * @param first the key itself or the first half of its hash
 * @param second 0 where one word holds the key; else the second half
 */
public record KeyBits(long first, long second) {}
