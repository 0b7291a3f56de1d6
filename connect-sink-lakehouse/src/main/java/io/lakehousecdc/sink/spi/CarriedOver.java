// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.StreamState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What version 0.1 has stored, as this version understands it. */
public final class CarriedOver {
  private CarriedOver() {}

  /**
   * Histories of an unnamed source. Version 0.1 kept an epoch for each partition and no beginnings:
   * each epoch began no later than the latest commit of every partition that had reached it.
   *
   * @param states states of all partitions of a connector
   */
  public static Histories histories(Collection<PartitionState> states) {
    List<StreamState> streams =
        states.stream()
            .filter(state -> !state.streams().isEmpty())
            .map(PartitionState::latest)
            .toList();
    TreeSet<Integer> epochs = new TreeSet<>();
    streams.forEach(stream -> epochs.add(stream.highWater().epoch()));
    List<History> histories = new ArrayList<>();
    for (int epoch : epochs) {
      long began =
          streams.stream()
              .filter(stream -> stream.highWater().epoch() >= epoch)
              .mapToLong(StreamState::latestCommitMicros)
              .filter(micros -> micros > 0)
              .min()
              .orElse(History.ALWAYS);
      boolean first = histories.isEmpty();
      histories.add(new History(epoch, SourceId.UNKNOWN, first ? History.ALWAYS : began));
    }
    return Histories.of(histories, Map.of());
  }
}
