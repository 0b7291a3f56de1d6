// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.TableId;

/**
 * A batch whose table is ready for it.
 *
 * @param batch what is to be written; its table as stored
 * @param masked whether it is not what the commit handed over, because values of dropped columns
 *     have been taken out: rows that were encoded before hold them
 * @param table how its rows are written
 */
record PreparedBatch(TableBatch batch, boolean masked, CompiledTable table) {

  TableId id() {
    return batch.table();
  }
}
