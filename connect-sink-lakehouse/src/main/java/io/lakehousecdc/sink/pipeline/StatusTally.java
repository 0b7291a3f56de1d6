// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.batch.Skips;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Applied;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the changes of a batch by topic and table. Makes no object for a change: events come topic
 * by topic. Not thread-safe.
 */
final class StatusTally {
  private final Map<Key, Tally> tallies = new LinkedHashMap<>();
  private String lastTopic;
  private TableId lastTable;
  private Tally last;

  /** What has been counted of a topic and table. */
  private static final class Tally {
    private long inserted;
    private long updated;
    private long deleted;
    private Position position = Position.LOWEST;
    private long sourceMicros;
    private boolean endsSnapshot;

    void add(Entry entry) {
      ChangeEvent event = entry.event();
      if (event instanceof RowEvent row) {
        switch (row.operation()) {
          case CREATE, READ -> inserted++;
          case DELETE -> deleted++;
          default -> updated++;
        }
      } else if (event instanceof TombstoneEvent) {
        deleted++;
      }
      position = Position.max(position, entry.position());
      SourcePosition source = event.sourcePosition();
      sourceMicros = Math.max(sourceMicros, source.commitMicros());
      endsSnapshot |= source.snapshot() == Snapshot.INITIAL_LAST;
    }

    TableStatus status(Key key, Skips skips, long nowMicros) {
      return new TableStatus(
          key,
          new Counts(inserted, updated, deleted, 0, 0, 0),
          skips.counts(),
          new Applied(position, sourceMicros, nowMicros),
          nowMicros,
          null,
          null,
          endsSnapshot ? nowMicros : 0,
          null);
    }
  }

  private StatusTally() {}

  /**
   * What the commit of a batch adds to the status of tables, as far as the batch tells.
   *
   * @param nowMicros time of the commit, microseconds since the epoch
   */
  static List<TableStatus> of(BatchContent content, long nowMicros) {
    StatusTally tally = new StatusTally();
    for (Entry entry : content.entries()) {
      tally.add(entry);
    }
    Map<TableId, Skips> skips = content.skipsByTable();
    List<TableStatus> statuses = new ArrayList<>();
    tally.tallies.forEach(
        (key, each) -> {
          // Of a table that several topics feed, the first is taken to have had them.
          Skips own = skips.remove(key.table());
          statuses.add(each.status(key, own == null ? Skips.NONE : own, nowMicros));
        });
    return statuses;
  }

  private void add(Entry entry) {
    String topic = entry.at().partition().topic();
    TableId table = entry.event().table();
    if (topic != lastTopic || table != lastTable) {
      last = tallies.computeIfAbsent(new Key(topic, table), key -> new Tally());
      lastTopic = topic;
      lastTable = table;
    }
    last.add(entry);
  }
}
