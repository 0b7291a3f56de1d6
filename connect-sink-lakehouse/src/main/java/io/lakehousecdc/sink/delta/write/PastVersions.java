// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.VersionColumns;
import io.lakehousecdc.sink.delta.snapshot.EndBounds;
import io.lakehousecdc.sink.delta.snapshot.KeyBounds;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.version.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.roaringbitmap.RoaringBitmap;

/**
 * The search for versions that have ended, which no index knows. Of most keys none matters: they
 * are older than all changes of the batch, as the statistics of their files tell, so that no file
 * is read. Where the past matters, these are read:
 *
 * <ol>
 *   <li>versions at or above the position of the first change, or that end after its time;
 *   <li>of keys that have a version which was opened since, the one that ends as that begins.
 * </ol>
 *
 * <p>For one batch; not thread-safe.
 */
final class PastVersions {
  private final TableState state;
  private final KeyMap keys;
  private final VersionColumns columns;
  private final EndedVersions truncated;
  private final Outlines outlines;

  /**
   * @param truncated what truncates of the batch have ended
   */
  PastVersions(TableState state, KeyMap keys, EndedVersions truncated, Outlines outlines) {
    this.state = state;
    this.keys = keys;
    this.columns = state.shape().versions().orElseThrow();
    this.truncated = truncated;
    this.outlines = outlines;
  }

  /** Adds the versions that matter to keys whose current versions are known. */
  void addTo(Collection<KeyHistory> all) throws IOException {
    List<KeyHistory> searched = all.stream().filter(KeyHistory::hasPast).toList();
    if (searched.isEmpty()) {
      return;
    }
    Set<KeyHistory> whole =
        searched.stream().filter(KeyHistory::mattersWholly).collect(Collectors.toSet());
    List<KeyHistory> others = searched.stream().filter(each -> !whole.contains(each)).toList();
    Position least = others.stream().map(KeyHistory::begin).min(Position::compareTo).orElse(null);
    long earliest = others.stream().mapToLong(KeyHistory::micros).min().orElse(Long.MAX_VALUE);
    for (LiveFile file : state.files()) {
      EndBounds ends = ends(file);
      if (ends.ended() > 0) {
        Map<KeyBits, KeyHistory> wanted = new HashMap<>();
        addHeld(file, whole, wanted);
        if (mayMatter(file, ends, least, earliest)) {
          List<KeyHistory> concerned =
              others.stream()
                  .filter(each -> mayMatter(file, ends, each.begin(), each.micros()))
                  .toList();
          addHeld(file, concerned, wanted);
        }
        read(file, wanted, (key, version) -> whole.contains(key) || key.matters(version));
      }
    }
    addPredecessors(others);
  }

  /** The version before the first that was opened since, which ends as that begins. */
  private void addPredecessors(List<KeyHistory> searched) throws IOException {
    Map<KeyHistory, Long> begins = new LinkedHashMap<>();
    for (KeyHistory key : searched) {
      VersionRow first = key.firstOpened();
      if (first != null && first.version().fromMicros() != Version.BEGINNING) {
        begins.put(key, first.version().fromMicros());
      }
    }
    if (begins.isEmpty()) {
      return;
    }
    for (LiveFile file : state.files()) {
      EndBounds ends = ends(file);
      Map<KeyBits, KeyHistory> wanted = new HashMap<>();
      List<KeyHistory> concerned =
          begins.entrySet().stream()
              .filter(each -> ends.mayEndAt(each.getValue()))
              .map(Map.Entry::getKey)
              .toList();
      addHeld(file, concerned, wanted);
      read(
          file,
          wanted,
          (key, version) -> version.toMicros() == begins.get(key) && !key.matters(version));
    }
  }

  private EndBounds ends(LiveFile file) {
    return EndBounds.of(file, columns.end().physicalName());
  }

  private static boolean mayMatter(LiveFile file, EndBounds ends, Position begin, long micros) {
    return begin != null && (!file.bounds().allBelow(begin) || ends.mayEndAfter(micros));
  }

  private void addHeld(
      LiveFile file, Collection<KeyHistory> some, Map<KeyBits, KeyHistory> wanted) {
    if (!some.isEmpty()) {
      KeyBounds bounds = KeyBounds.of(file, keys.columns(), keys.numbersAsText());
      for (KeyHistory key : some) {
        if (bounds.mayHold(key.key())) {
          wanted.put(key.bits(), key);
        }
      }
    }
  }

  /**
   * Adds the ended versions that a file has of the wanted keys, and that are of interest. Nothing
   * is held of a file before and after: keys that are spread over all files may be in each.
   */
  private void read(
      LiveFile file, Map<KeyBits, KeyHistory> wanted, BiPredicate<KeyHistory, Version> isOfInterest)
      throws IOException {
    if (wanted.isEmpty()) {
      return;
    }
    List<DeltaColumn> wantedColumns = new ArrayList<>(keys.columns());
    int first = wantedColumns.size();
    wantedColumns.addAll(columns.columns());
    Map<Integer, VersionRow> found = new HashMap<>();
    Map<Integer, KeyHistory> owners = new HashMap<>();
    state
        .rowFiles()
        .readFewColumns(
            file,
            file.live(),
            wantedColumns,
            (row, values) -> {
              Object[] key = Arrays.copyOf(values, first);
              Version version = columns.of(values, first);
              KeyHistory owner =
                  version.isCurrent() || KeyMap.hasNull(key) ? null : wanted.get(keys.encode(key));
              if (owner != null && isOfInterest.test(owner, version)) {
                StoredRow place = state.row(file, row);
                VersionRow stored = new VersionRow(place, truncated.of(place, version), null);
                owner.add(stored);
                found.put(row, stored);
                owners.put(row, owner);
              }
            });
    compare(file, found, owners);
  }

  /** Compares the changes of a key with versions of it. */
  private void compare(
      LiveFile file, Map<Integer, VersionRow> found, Map<Integer, KeyHistory> owners)
      throws IOException {
    RoaringBitmap rows = new RoaringBitmap();
    owners.forEach(
        (row, owner) -> {
          if (!owner.changes().isEmpty()) {
            rows.add(row);
          }
        });
    if (!rows.isEmpty()) {
      state
          .rowFiles()
          .read(
              file,
              rows,
              state.shape().columns(),
              (row, values) -> {
                for (int number : owners.get(row).changes()) {
                  if (outlines.leaves(number, values)) {
                    found.get(row).isLeftBy(number);
                  }
                }
              });
    }
  }
}
