// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.TableId;

/**
 * A sweep that was asked for and waits until every partition of its topic is past the snapshot.
 *
 * @param table table to sweep, as the commit named it
 * @param topic original topic of the table
 * @param below position of the snapshot: (epoch, snapshot LSN, 0)
 */
public record PendingSweep(TableId table, String topic, Position below) {}
