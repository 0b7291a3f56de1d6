// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The warning about columns that were created for records without schemas, whose types are guesses.
 */
public final class GuessedTypes {
  private GuessedTypes() {}

  /**
   * The warning; empty if no type is a guess.
   *
   * @param incoming schema of the rows
   * @param created names of columns that were created, with their types in the target
   */
  public static Optional<String> warning(
      TableId table, RowSchema incoming, Map<String, String> created) {
    Map<String, String> guessed = new TreeMap<>();
    created.forEach(
        (name, type) -> {
          int index = incoming.indexOf(name);
          if (index >= 0 && incoming.column(index).type() == Primitive.UNTYPED) {
            guessed.put(name, type);
          }
        });
    return guessed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Table "
                + table
                + ": its records have no schema, so the types of new columns are guesses: "
                + guessed
                + ". Text may hold decimals and bytes in Base64, and numbers dates and times. If"
                + " that matters, create the table with the source's types beforehand, or send"
                + " records with schemas.");
  }
}
