// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import java.time.Duration;

/**
 * The options of an erasure that concern Delta tables.
 *
 * @param evenIfLive whether rows go that the source has, as far as the target knows
 * @param keepChangeFeed whether files of the change data feed are left to the vacuum
 * @param logAge age of log entries that may be removed
 * @param vacuumRetention for how long the sink keeps replaced files
 */
record ErasureOptions(
    boolean evenIfLive, boolean keepChangeFeed, Duration logAge, Duration vacuumRetention) {}
