// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.order.SourcePosition;

/**
 * Where an event comes from.
 *
 * @param position its place in the source's order of changes
 * @param transactionId number of its transaction at the source; 0 where not known
 */
record Origin(SourcePosition position, long transactionId) {}
