// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.index.KeyEncoder;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.VersionColumns;
import io.lakehousecdc.sink.delta.snapshot.EndBounds;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.version.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The search for stored versions that truncates or a sweep end. Of current versions each tells by
 * itself. One that has ended, beyond a floor that came late, is the last one below the floor only
 * if the next version of its key is not below, too: these are looked for in a second pass, and held
 * meanwhile. Files whose statistics tell that they hold none are not read. For one batch; not
 * thread-safe.
 */
final class VersionEndings {
  private final TableState state;
  private final VersionColumns versions;
  private final List<DeltaColumn> keyColumns;
  private final KeyEncoder encoder;
  private final EncodedKey scratch = new EncodedKey();

  /**
   * @param state a table that may have no index yet, because no key of it has come: the sink makes
   *     tables whose key columns alone are not NULL
   */
  VersionEndings(TableState state) {
    this.state = state;
    this.versions = state.shape().versions().orElseThrow();
    KeyMap index = state.keys();
    this.keyColumns =
        index == null
            ? state.shape().columns().stream().filter(column -> !column.nullable()).toList()
            : index.columns();
    Set<Integer> numbersAsText = index == null ? Set.of() : index.numbersAsText();
    this.encoder = keyColumns.isEmpty() ? null : KeyEncoder.of(keyColumns, numbersAsText);
  }

  /** A version that is not current and may be ended. */
  private static final class Candidate {
    private final LiveFile file;
    private final int row;
    private final Version version;
    private Version next;

    Candidate(LiveFile file, int row, Version version) {
      this.file = file;
      this.row = row;
      this.version = version;
    }

    void see(Version other) {
      boolean follows = version.opened().isBelow(other.opened());
      if (follows && (next == null || other.opened().isBelow(next.opened()))) {
        next = other;
      }
    }
  }

  /**
   * The versions that floors end.
   *
   * @param floors in order; the first that ends a version counts
   */
  EndedVersions by(List<Floor> floors) throws IOException {
    EndedVersions ended = new EndedVersions(floors);
    if (floors.isEmpty()) {
      return ended;
    }
    Map<KeyBits, List<Candidate>> candidates = new HashMap<>();
    for (LiveFile file : state.files()) {
      EndBounds ends = ends(file);
      if (floors.stream().anyMatch(floor -> mayEnd(floor, file, ends))) {
        read(
            file,
            (row, key, version) -> {
              if (version.isCurrent()) {
                end(ended, floors, file, row, version, null);
              } else if (key != null
                  && floors.stream().anyMatch(floor -> at(version, floor).mayBeEndedBy(floor))) {
                candidates
                    .computeIfAbsent(key, first -> new ArrayList<>(1))
                    .add(new Candidate(file, row, version));
              }
            });
      }
    }
    if (!candidates.isEmpty()) {
      findNext(candidates);
      candidates
          .values()
          .forEach(
              of ->
                  of.forEach(
                      each -> end(ended, floors, each.file, each.row, each.version, each.next)));
    }
    return ended;
  }

  private static void end(
      EndedVersions ended,
      List<Floor> floors,
      LiveFile file,
      int row,
      Version version,
      Version next) {
    for (Floor floor : floors) {
      if (at(version, floor).isEndedBy(floor, next)) {
        ended.by(floor).add(file, row);
        return;
      }
    }
  }

  /** The version; one without a position is below every floor. */
  private static Version at(Version version, Floor floor) {
    return version.applied().equals(Position.LOWEST)
        ? new Version(
            version.opened(),
            version.fromMicros(),
            version.toMicros(),
            Position.LOWEST.inEpoch(floor.at().epoch()),
            version.appliedMicros(),
            version.operation())
        : version;
  }

  private void findNext(Map<KeyBits, List<Candidate>> candidates) throws IOException {
    long earliest =
        candidates.values().stream()
            .flatMap(List::stream)
            .mapToLong(each -> each.version.toMicros())
            .min()
            .orElse(Long.MAX_VALUE);
    for (LiveFile file : state.files()) {
      EndBounds ends = ends(file);
      if (ends.current() > 0 || ends.mayEndAfter(earliest - 1)) {
        read(
            file,
            (row, key, version) ->
                candidates.getOrDefault(key, List.of()).forEach(each -> each.see(version)));
      }
    }
  }

  /** Takes a version; its key is null where it has none. */
  @FunctionalInterface
  private interface Visitor {
    void version(int row, KeyBits key, Version version);
  }

  private void read(LiveFile file, Visitor visitor) throws IOException {
    List<DeltaColumn> columns = new ArrayList<>(keyColumns);
    columns.addAll(versions.columns());
    state
        .rowFiles()
        .readFewColumns(
            file,
            file.live(),
            columns,
            (row, values) ->
                visitor.version(row, key(values), versions.of(values, keyColumns.size())));
  }

  private KeyBits key(Object[] values) {
    Object[] key = Arrays.copyOf(values, keyColumns.size());
    if (encoder == null || KeyMap.hasNull(key)) {
      return null;
    }
    encoder.encode(key, scratch);
    return new KeyBits(scratch.first(), scratch.second());
  }

  private EndBounds ends(LiveFile file) {
    return EndBounds.of(file, versions.end().physicalName());
  }

  /**
   * Whether a file may hold a version that the floor ends, or that was deleted later than it was
   * truncated.
   */
  private static boolean mayEnd(Floor floor, LiveFile file, EndBounds ends) {
    boolean ended =
        ends.ended() > 0 && (floor.atMicros() == 0 || ends.mayEndAfter(floor.atMicros()));
    return ended || ends.current() > 0 && !file.bounds().noneCovered(floor);
  }
}
