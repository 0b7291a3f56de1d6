// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.proof;

import io.lakehousecdc.quickstart.display.Display;
import io.lakehousecdc.quickstart.warehouse.DemoFailure;
import java.util.ArrayList;
import java.util.List;

/** The report of the comparisons, and in the end whether all tables are equal. For one thread. */
public final class ProofReport {
  private static final int DIGEST_SHOWN = 16;

  private final Display display;
  private final List<String> unequal = new ArrayList<>();
  private long rows;

  public ProofReport(Display display) {
    this.display = display;
  }

  public void add(String warehouse, EqualityProof.Verdict verdict) {
    rows += verdict.sourceRows();
    display.say(
        "  %-10s %s  source: %d rows, sha256 %s; %s: %d rows, sha256 %s"
            .formatted(
                verdict.table(),
                verdict.equal()
                    ? display.style().good("equal   ")
                    : display.style().bad("UNEQUAL "),
                verdict.sourceRows(),
                verdict.sourceDigest().substring(0, DIGEST_SHOWN),
                warehouse,
                verdict.warehouseRows(),
                verdict.warehouseDigest().substring(0, DIGEST_SHOWN)));
    verdict.shown().forEach(difference -> display.say("    " + difference));
    if (!verdict.equal()) {
      unequal.add(
          "%s in %s (rows: %d)".formatted(verdict.table(), warehouse, verdict.differences()));
    }
  }

  /**
   * Reports that all tables are equal.
   *
   * @throws DemoFailure if they are not
   */
  public void conclude() {
    if (!unequal.isEmpty()) {
      throw new DemoFailure("source and warehouse are not equal: " + String.join(", ", unequal));
    }
    display.say(
        display.style().good("Equal: %d rows compared, no column of any differs.".formatted(rows)));
  }
}
