// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.tools.reconcile.Outcome.Certainty;
import io.lakehousecdc.tools.reconcile.Outcome.Difference;
import io.lakehousecdc.tools.reconcile.Outcome.Kind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The report for people: a line for each table, its first differences below it. */
final class TextReport implements Report {
  /** More of a table are counted only. */
  private static final int SHOWN = 20;

  private final PrintWriter out;
  private final PrintWriter progress;
  private final Values values;
  private int different;
  private int left;
  private long rows;
  private int compared;

  /**
   * @param progress where bars are drawn, if it is a terminal
   */
  TextReport(PrintWriter out, PrintWriter progress, Values values) {
    this.out = out;
    this.progress = progress;
    this.values = values;
  }

  @Override
  public TableProgress begin(TablePair pair) {
    return new ProgressBar(progress, pair.source().toString());
  }

  @Override
  public void compared(Outcome outcome) {
    TablePair pair = outcome.pair();
    compared++;
    rows += outcome.rows();
    different += outcome.isEqual() ? 0 : 1;
    out.printf(
        "%-9s  %s -> %s  rows %,d, chunks %,d, looked through %,d%s%s%n",
        outcome.isEqual() ? "equal" : "DIFFERENT",
        pair.source(),
        pair.target(),
        outcome.rows(),
        outcome.buckets(),
        outcome.differingBuckets(),
        outcome.isEqual() ? "" : ", different rows " + count(outcome),
        outcome.moving() == 0 ? "" : ", still moving " + outcome.moving());
    pair.uncompared()
        .forEach(
            (column, reason) ->
                out.printf("           column %s: not compared, %s%n", column, reason));
    outcome.differences().stream().limit(SHOWN).forEach(each -> tell(pair, each));
    if (outcome.differences().size() > SHOWN) {
      out.printf(
          "           … and %,d more (--json lists them)%n", outcome.differences().size() - SHOWN);
    }
    out.flush();
  }

  private static String count(Outcome outcome) {
    return outcome.unlisted() == 0
        ? "%,d".formatted(outcome.differences().size())
        : "%,d, and at least %,d that were not looked at"
            .formatted(outcome.differences().size(), outcome.unlisted());
  }

  private void tell(TablePair pair, Difference difference) {
    List<ComparedColumn> columns = pair.columns();
    List<String> key = new ArrayList<>();
    for (int i = 0; i < pair.keys().size(); i++) {
      ComparedColumn column = columns.get(i);
      key.add(column.source() + "=" + values.told(column.form(), difference.key().texts().get(i)));
    }
    out.printf(
        "           %s: %s%s%n",
        String.join(", ", key),
        how(pair, difference),
        difference.certainty() == Certainty.PROVEN
            ? ""
            : " (unchanged on both sides; the target may be behind)");
  }

  private String how(TablePair pair, Difference difference) {
    if (difference.kind() != Kind.CHANGED) {
      return switch (difference.kind()) {
        case MISSING -> "missing in the target";
        case EXTRA -> "in the target, not at the source";
        default -> "in another number of rows in the target than at the source";
      };
    }
    List<ComparedColumn> columns = pair.columns();
    List<String> changed = new ArrayList<>();
    for (int i = pair.keys().size(); i < columns.size(); i++) {
      String source = difference.source().get(i);
      String target = difference.target().get(i);
      if (!Objects.equals(source, target)) {
        Form form = columns.get(i).form();
        changed.add(
            "%s is %s at the source, %s in the target"
                .formatted(
                    columns.get(i).source(), values.told(form, source), values.told(form, target)));
      }
    }
    return String.join("; ", changed);
  }

  @Override
  public void left(TablePairs.Plan.Leave plan) {
    left++;
    out.printf("%-9s  %s: %s%n", "skipped", plan.source(), plan.reason());
    out.flush();
  }

  @Override
  public void repaired(TablePair pair, String what) {
    out.printf("           repair of %s: %s%n", pair.source(), what);
    out.flush();
  }

  @Override
  public void end() {
    out.printf(
        "%s: tables %,d, rows %,d, different tables %,d, not compared %,d%n",
        different > 0 ? "DIFFERENT" : "Equal", compared, rows, different, left);
    out.flush();
  }
}
