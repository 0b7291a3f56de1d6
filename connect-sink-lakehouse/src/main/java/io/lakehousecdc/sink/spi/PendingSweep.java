// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.TableId;

/**
 * A requested sweep that waits until all partitions of its topic are past the snapshot.
 *
 * @param table table to sweep, as in the commit that requested it
 * @param topic original topic of the table
 * @param below position of the snapshot: (epoch, snapshot LSN, 0)
 * @param micros time of the snapshot, microseconds since the epoch; 0 where not known
 */
public record PendingSweep(TableId table, String topic, Position below, long micros) {}
