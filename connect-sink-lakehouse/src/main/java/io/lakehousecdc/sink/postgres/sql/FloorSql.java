// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.History;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

/** SQL of {@link Floor#covers} for rows of a table. Immutable. */
final class FloorSql {
  /** Literals reach to year 9999; rows of later years are not known to be of any history. */
  private static final long LAST_MICROS = 253_402_300_799_999_999L;

  private final MetadataColumns names;

  FloorSql(MetadataColumns names) {
    this.names = names;
  }

  /** Whether a table row is below a floor; NULL where the row has no position. */
  String covers(Floor floor, String table) {
    String epoch = table + "." + quote(names.epoch());
    String lsns =
        "("
            + table
            + "."
            + quote(names.commitLsn())
            + ", "
            + table
            + "."
            + quote(names.lsn())
            + ")";
    String at = "(" + floor.at().commitLsn() + ", " + floor.at().lsn() + ")";
    List<String> conditions = new ArrayList<>();
    conditions.add(epoch + " = " + floor.at().epoch() + " AND " + lsns + " < " + at);
    if (!floor.replacedEpochs().isEmpty()) {
      conditions.add(isAmong(epoch, floor.replacedEpochs()));
    }
    if (!floor.earlierEpochs().isEmpty()) {
      String later = committedSince(floor.beganMicros(), table) + " AND " + lsns + " >= " + at;
      conditions.add(isAmong(epoch, floor.earlierEpochs()) + " AND NOT (" + later + ")");
    }
    return "(" + String.join(" OR ", conditions) + ")";
  }

  private static String isAmong(String epoch, Set<Integer> epochs) {
    StringJoiner list = new StringJoiner(", ", epoch + " IN (", ")");
    epochs.stream().sorted().forEach(each -> list.add(each.toString()));
    return list.toString();
  }

  /** Whether a row is known to have been committed in a history that began at {@code micros}. */
  private String committedSince(long micros, String table) {
    String time = table + "." + quote(names.ts());
    if (micros == History.ALWAYS || micros > LAST_MICROS) {
      return "false";
    }
    if (micros <= 0) {
      return time + " IS NOT NULL";
    }
    Instant began = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    String literal = "timestamptz " + Identifiers.literal(began.toString());
    return "(" + time + " >= " + literal + ") IS TRUE";
  }
}
