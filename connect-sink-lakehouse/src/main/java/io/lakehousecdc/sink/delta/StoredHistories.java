// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.domain.HistoriesDomain;
import io.lakehousecdc.sink.error.OutdatedHistoriesException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The histories of a connector as its tables keep them. The table of offsets has all of them, and
 * has a new one before any row of it is committed: dying in between leaves a history without rows.
 * There, tasks that open histories at once meet, and all but one have to begin again. Each table
 * has the histories as of the last commit to it, and which sources feed it: a task that has not
 * heard of one cannot add to its rows. Used by one thread at a time, but for {@link #put}.
 */
final class StoredHistories {
  private final OffsetsTable offsets;
  private final String connector;
  private final Map<TableId, String> texts = new ConcurrentHashMap<>();
  private Histories remembered;

  StoredHistories(OffsetsTable offsets, String connector) {
    this.offsets = offsets;
    this.connector = connector;
  }

  /**
   * Sees to it that the table of offsets has them. Looks there only where they have changed.
   *
   * @throws OutdatedHistoriesException it has others
   */
  void remember(Histories known) {
    if (known.equals(remembered)) {
      return;
    }
    String text = HistoriesDomain.text(known);
    offsets.set(
        held -> {
          Map<String, Optional<String>> domains = new HashMap<>();
          put(domains, known, text, "The table of offsets", held);
          return CommitExtras.unlessEmpty(domains);
        });
    texts.clear();
    remembered = known;
  }

  /**
   * Adds the domain that a commit to a table sets, where it is not as it is. For any thread, while
   * nothing is remembered.
   *
   * @param known remembered ones
   * @param held domains of the table
   * @throws OutdatedHistoriesException the table has others
   */
  void put(
      Map<String, Optional<String>> domains,
      Histories known,
      TableId table,
      Map<String, String> held) {
    String text =
        texts.computeIfAbsent(table, id -> HistoriesDomain.text(concerning(id.toString(), known)));
    put(domains, known, text, "Table " + table, held);
  }

  private void put(
      Map<String, Optional<String>> domains,
      Histories known,
      String text,
      String place,
      Map<String, String> held) {
    String name = HistoriesDomain.name(connector);
    if (text.equals(held.get(name))) {
      return;
    }
    Optional<Histories> stored = HistoriesDomain.histories(connector, held);
    if (stored.isPresent() && !known.include(stored.get())) {
      throw new OutdatedHistoriesException(
          place
              + " holds histories of connector "
              + connector
              + " that this task does not know: "
              + stored.get()
              + ", known are "
              + known
              + ". It reads on from the committed offsets.");
    }
    if (stored.isPresent() || !known.equals(Histories.NONE)) {
      domains.put(name, Optional.of(text));
    }
  }

  /** The histories, and what tells of one table alone. */
  private static Histories concerning(String table, Histories known) {
    Map<SourceId, Set<String>> feeding = new HashMap<>();
    known
        .tables()
        .forEach(
            (source, tables) -> {
              if (tables.contains(table)) {
                feeding.put(source, Set.of(table));
              }
            });
    return Histories.of(known.all(), feeding);
  }
}
