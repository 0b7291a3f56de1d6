// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.tools.removal.StoredPosition;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;

/** What the metadata columns of a key's rows tell of the source. Stateless. */
final class RowStates {
  private static final Comparator<Long> NULL_FIRST =
      Comparator.nullsFirst(Comparator.naturalOrder());

  private static final Comparator<RowState> BY_POSITION =
      Comparator.comparing(
              (RowState row) ->
                  row.position().epoch() == null ? null : (long) row.position().epoch(),
              NULL_FIRST)
          .thenComparing(row -> row.position().commitLsn(), NULL_FIRST)
          .thenComparing(row -> row.position().lsn(), NULL_FIRST);

  private RowStates() {}

  /**
   * A row of the key.
   *
   * @param deleted whether its flag says that it is deleted; in a log, that it tells of a delete
   * @param current whether it is the current version of the key, where rows are versions
   */
  record RowState(boolean deleted, boolean current, StoredPosition position) {}

  /** Whether one of the rows stands for a row that the source has, as far as the target knows. */
  static boolean isLive(WriteMode mode, Collection<RowState> rows) {
    return switch (mode) {
      case UPSERT -> rows.stream().anyMatch(row -> !row.deleted());
      case HISTORY -> rows.stream().anyMatch(RowState::current);
      case APPEND -> {
        Optional<RowState> newest = rows.stream().max(BY_POSITION);
        yield newest.isPresent()
            && rows.stream()
                .filter(row -> row.position().equals(newest.get().position()))
                .noneMatch(RowState::deleted);
      }
    };
  }

  /** Whether they are rows of several keys, so that what was given is only a part of one. */
  static boolean areOfSeveralKeys(WriteMode mode, Collection<RowState> rows) {
    return switch (mode) {
      case UPSERT -> rows.size() > 1;
      case HISTORY -> rows.stream().filter(RowState::current).count() > 1;
      case APPEND -> false;
    };
  }

  /** LSN of the source's delete; empty where the rows do not tell. */
  static OptionalLong deleteLsn(WriteMode mode, Collection<RowState> rows) {
    return isLive(mode, rows)
        ? OptionalLong.empty()
        : rows.stream()
            .filter(row -> row.deleted() || mode == WriteMode.HISTORY)
            .filter(row -> row.position().lsn() != null)
            .max(BY_POSITION)
            .map(row -> OptionalLong.of(row.position().lsn()))
            .orElse(OptionalLong.empty());
  }

  /** How a row of the key is called. */
  static Finding.Place place(WriteMode mode, RowState row) {
    return switch (mode) {
      case APPEND -> Finding.Place.LOG_ROW;
      case HISTORY -> Finding.Place.VERSION;
      case UPSERT -> row.deleted() ? Finding.Place.SOFT_DELETED_ROW : Finding.Place.ROW;
    };
  }
}
