// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.postgres.sql.ImageSql;
import io.lakehousecdc.sink.postgres.sql.MergeSql;
import io.lakehousecdc.sink.postgres.sql.RemovalSql;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;

/**
 * All that is compiled for the rows of one schema of one table: the plan with its codecs, the
 * staging table, the statements. Used for batch after batch, and knows nothing of any.
 *
 * @param staging where rows are staged; belongs to one session
 * @param layouts how batches are encoded
 */
record CompiledTable(
    StagingTable staging, MergeSql merge, ImageSql image, RemovalSql removal, RowLayouts layouts) {

  static CompiledTable of(StagingTable staging, int serverVersion) {
    return new CompiledTable(
        staging,
        new MergeSql(staging, serverVersion),
        new ImageSql(staging),
        new RemovalSql(staging),
        new RowLayouts(staging.plan()));
  }

  TablePlan plan() {
    return staging.plan();
  }
}
