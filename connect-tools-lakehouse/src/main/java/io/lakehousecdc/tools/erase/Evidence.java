// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import java.time.Instant;
import java.util.Optional;

/**
 * A row of the table of erasures. Holds no value of the erased rows.
 *
 * @param run identity of the run
 * @param table table in the target
 * @param columns names of the key's columns
 * @param keyHash salted hash of the key
 * @param salt its salt
 * @param began when the run began
 * @param finished when it had removed all it could; empty until then
 * @param deleteLsn LSN of the source's delete, where it is known
 * @param found what was found, as JSON
 * @param remains what was left, as JSON
 * @param logVersion version of a Delta table up to which the log may hold bounds of what was
 *     erased; -1 for none
 */
record Evidence(
    String run,
    String table,
    String columns,
    String keyHash,
    String salt,
    Instant began,
    Optional<Instant> finished,
    Optional<Long> deleteLsn,
    String found,
    String remains,
    long logVersion) {}
