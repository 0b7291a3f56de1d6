// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.sql.WrittenColumn;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Search for the change that the server refused in a COPY, by the line that its error names. */
final class StagingErrors {
  private static final Pattern LINE =
      Pattern.compile("COPY .*, line (\\d+)(?:, column (.+?))?(?::|$)");

  private StagingErrors() {}

  /**
   * The refused change; empty where the error does not lie in a value, or names no line.
   *
   * @param sent the changes sent, in order
   */
  static Optional<RecordException> locate(
      SQLException error, TablePlan plan, List<RowChange> sent) {
    String place = "Table " + plan.table().id();
    TargetException failure = SqlErrors.classify(error, place);
    Matcher line = LINE.matcher(SqlErrors.where(error));
    if (!(failure instanceof RecordException) || Refusals.isOfTable(error, plan) || !line.find()) {
      return Optional.empty();
    }
    int number = Integer.parseInt(line.group(1));
    if (number < 1 || number > sent.size()) {
      return Optional.empty();
    }
    RowChange change = sent.get(number - 1);
    place += ", key " + plan.schema().keyNames();
    String staged = line.group(2);
    for (WrittenColumn column : plan.columns()) {
      if (column.staged().equals(staged) || column.column().name().equals(staged)) {
        place += ", column " + column.column().name();
        break;
      }
    }
    TargetException located = SqlErrors.classify(error, place);
    return Optional.of(
        new RecordException(
            located.getMessage(), plan.table().id(), change.key(), located.getCause()));
  }
}
