// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.domain.ProgressDomain;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The progress of a connector's sources. The table of offsets holds it in a metadata domain, which
 * is set by the same commit as the states of partitions, after all tables of a flush. The {@link
 * ProgressTable} shows it to readers, and is written after that: it is never ahead, and what it
 * missed because the process died is made up for when the next task loads its partitions. Used by
 * one thread at a time.
 */
final class StoredProgress {
  private final OffsetsTable offsets;
  private final OpenTables tables;
  private final String connector;
  private SortedMap<String, SourceProgress> stored = new TreeMap<>();

  StoredProgress(OffsetsTable offsets, OpenTables tables, String connector) {
    this.offsets = offsets;
    this.tables = tables;
    this.connector = connector;
  }

  /** What is stored. */
  List<SourceProgress> read() {
    stored = ProgressDomain.progress(connector, offsets.domains());
    return List.copyOf(stored.values());
  }

  /**
   * Adds the domain that a commit to the table of offsets sets, where it is not as it is.
   *
   * @param reached what the commit reaches
   * @param held domains of the table of offsets
   */
  void put(
      Map<String, Optional<String>> domains,
      Collection<SourceProgress> reached,
      Map<String, String> held) {
    if (reached.isEmpty()) {
      return;
    }
    SortedMap<String, SourceProgress> before = ProgressDomain.progress(connector, held);
    stored = SourceProgress.moved(before, reached);
    if (!stored.equals(before)) {
      domains.put(ProgressDomain.name(connector), Optional.of(ProgressDomain.text(stored)));
    }
  }

  /** Shows readers what a commit has reached, when the table of offsets holds it. */
  void show(Collection<SourceProgress> reached) {
    Set<String> sources = reached.stream().map(SourceProgress::source).collect(Collectors.toSet());
    show(stored.values().stream().filter(each -> sources.contains(each.source())).toList());
  }

  /** Shows readers what is stored, in case that the one who stored it has died before it could. */
  void showStored() {
    show(read());
  }

  private void show(List<SourceProgress> shown) {
    if (!shown.isEmpty()) {
      tables.progress().show(connector, shown);
    }
  }
}
