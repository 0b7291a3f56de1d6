// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * A stretch of a source's life in which its LSNs grow. Another one begins where they start over:
 * after a failover, a restore, or a move to another cluster.
 *
 * @param epoch number that is unique within a connector and compared before any LSN
 * @param source source that it belongs to; {@link SourceId#UNKNOWN} where version 0.1 stored it
 * @param beganMicros commit time of its earliest known change, microseconds since the epoch; {@link
 *     #ALWAYS} where it takes whatever is read
 */
public record History(int epoch, SourceId source, long beganMicros) {

  /** Beginning of a history that takes every change, however old. */
  public static final long ALWAYS = Long.MIN_VALUE;
}
