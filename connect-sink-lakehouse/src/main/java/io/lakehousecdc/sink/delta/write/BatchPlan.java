// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.domain.RememberedFloors;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.util.List;
import java.util.Optional;

/**
 * The plan of what a batch does to one version of a table. It holds for no other version: after a
 * refresh it has to be made anew.
 *
 * @param rows rows to write
 * @param lent rows to write that get values of stored rows meanwhile
 * @param updates stored rows to write again as a truncate or sweep leaves them; {@code removed} has
 *     their old places
 * @param removed stored rows that go
 * @param removedKeys keys that go with them, where no row takes their place
 * @param floors what the table is to remember of truncates and sweeps, where it has changed
 * @param receipt what the batch will have done
 */
public record BatchPlan(
    List<NewRow> rows,
    LentRows lent,
    List<RowUpdate> updates,
    RowSet removed,
    List<KeyBits> removedKeys,
    Optional<RememberedFloors> floors,
    CommitReceipt receipt) {}
