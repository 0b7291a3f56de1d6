// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Something of the person that was found in a place. Holds no value of it.
 *
 * @param place kind of place
 * @param where name of the place, such as that of a file; never with values of rows
 * @param count how many rows or records, or 0 where they are not counted
 * @param remains why it is still there, and until when; empty where it was removed
 */
record Finding(Place place, String where, long count, Optional<String> remains) {

  /** The kinds of places. */
  enum Place {
    ROW("row"),
    SOFT_DELETED_ROW("soft-deleted row"),
    VERSION("version of history"),
    LOG_ROW("row of the change log"),
    DELETED_ROW("deleted row in a data file"),
    REPLACED_FILE("replaced data file"),
    UNNAMED_FILE("data file that no commit names"),
    CHANGE_FEED("change feed file"),
    TABLE_LOG("bounds of values in the table's log"),
    DEAD_LETTER("dead letter"),
    KEY_INDEX("kept key index"),
    UNREADABLE_FILE("unreadable file"),
    UNFINISHED_FILE("unfinished file"),
    TOPIC("topic");

    private final String text;

    Place(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  Finding {
    requireNonNull(place, "place");
    requireNonNull(where, "where");
    requireNonNull(remains, "remains");
  }

  /** Something that was found, and is there for now. */
  static Finding of(Place place, String where, long count) {
    return new Finding(place, where, count, Optional.empty());
  }

  /** The same, still there. */
  Finding remaining(String reason) {
    return new Finding(place, where, count, Optional.of(reason));
  }
}
