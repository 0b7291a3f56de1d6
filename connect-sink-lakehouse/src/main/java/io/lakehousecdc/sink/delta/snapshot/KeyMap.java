// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.IndexLoader;
import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.delta.index.IndexSize;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.index.KeyEncoder;
import io.lakehousecdc.sink.delta.index.KeyIndex;
import io.lakehousecdc.sink.delta.index.KeyMoves;
import io.lakehousecdc.sink.delta.index.Location;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.snapshot.KeptState.Claim;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.roaringbitmap.RoaringBitmap;

/**
 * The key index of a table together with the numbers of its files. A cache: an entry whose file is
 * no longer active, or whose row is deleted, counts as absent (callers check that), so that foreign
 * deletes need no look at the keys they delete. What is left of files that are gone is removed when
 * there are many of them.
 */
public final class KeyMap implements AutoCloseable {
  /**
   * Files that are gone before they are forgotten, by the size of the index that is gone through.
   */
  private static final int LEAST_GONE_FILES = 1_000;

  private static final int MOST_GONE_FILES = 50_000;
  private static final int KEYS_PER_GONE_FILE = 1_000;

  private final List<DeltaColumn> columns;
  private final Set<Integer> numbersAsText;
  private final Optional<DeltaColumn> end;
  private final KeyEncoder encoder;
  private final KeyIndex index;
  private final List<String> paths = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final EncodedKey scratch = new EncodedKey();
  private final AtomicLong withoutKey = new AtomicLong();
  private final AtomicLong withSharedKey = new AtomicLong();
  private volatile String keptOf = "";

  /** A map of all rows. */
  KeyMap(List<DeltaColumn> columns, Set<Integer> numbersAsText, IndexMemory memory) {
    this(columns, numbersAsText, Optional.empty(), memory);
  }

  /**
   * @param columns key columns, in key order
   * @param numbersAsText which of them, from 0, hold numbers as text
   * @param end column that is NULL in the rows that the map is to know; empty for all rows
   * @param memory where the index may lie
   */
  KeyMap(
      List<DeltaColumn> columns,
      Set<Integer> numbersAsText,
      Optional<DeltaColumn> end,
      IndexMemory memory) {
    this(columns, numbersAsText, end, KeyEncoder.of(columns, numbersAsText), memory);
  }

  private KeyMap(
      List<DeltaColumn> columns,
      Set<Integer> numbersAsText,
      Optional<DeltaColumn> end,
      KeyEncoder encoder,
      IndexMemory memory) {
    this(columns, numbersAsText, end, encoder, new KeyIndex(encoder.wide(), memory));
  }

  private KeyMap(
      List<DeltaColumn> columns,
      Set<Integer> numbersAsText,
      Optional<DeltaColumn> end,
      KeyEncoder encoder,
      KeyIndex index) {
    this.columns = List.copyOf(columns);
    this.numbersAsText = Set.copyOf(numbersAsText);
    this.end = end;
    this.encoder = encoder;
    this.index = index;
  }

  /**
   * The map that was kept.
   *
   * @param index as it was kept; closed where this fails
   */
  static KeyMap kept(
      List<DeltaColumn> columns,
      Set<Integer> numbersAsText,
      Optional<DeltaColumn> end,
      KeptState state,
      KeyIndex index)
      throws IOException {
    try {
      DataInputStream secret = new DataInputStream(new ByteArrayInputStream(state.secret()));
      KeyMap map =
          new KeyMap(
              columns, numbersAsText, end, KeyEncoder.read(columns, numbersAsText, secret), index);
      for (int number = 0; number < state.paths().size(); number++) {
        String path = state.paths().get(number);
        map.paths.add(path.isEmpty() ? null : path);
        if (!path.isEmpty()) {
          map.numbers.put(path, number);
        }
      }
      map.keptOf = state.entry();
      map.withoutKey.set(state.withoutKey());
      map.withSharedKey.set(state.withSharedKey());
      return map;
    } catch (IOException | RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /** What is to be kept with the index. */
  KeptState kept(TableVersion version, List<Claim> claims) throws IOException {
    ByteArrayOutputStream secret = new ByteArrayOutputStream();
    encoder.writeSecret(new DataOutputStream(secret));
    return new KeptState(
        version.tableId(),
        version.number(),
        version.entry(),
        KeptState.names(columns, end),
        numbersAsText,
        secret.toByteArray(),
        withoutKey.get(),
        withSharedKey.get(),
        paths.stream().map(path -> path == null ? "" : path).toList(),
        claims);
  }

  KeyIndex index() {
    return index;
  }

  /** Whether the map is kept as it is in a version; for any thread. */
  boolean isKept(TableVersion version) {
    return version.entry().equals(keptOf);
  }

  /** The map is kept as it was in the version with that log entry; for any thread. */
  void keptOf(String entry) {
    keptOf = entry;
  }

  /** Key columns, in key order. */
  public List<DeltaColumn> columns() {
    return columns;
  }

  /** Which of the key columns, from 0, hold numbers as text. */
  public Set<Integer> numbersAsText() {
    return numbersAsText;
  }

  /** Column that is NULL in the rows that the map knows; empty where it knows all rows. */
  public Optional<DeltaColumn> end() {
    return end;
  }

  /** Number of keys that a file has at most. */
  long most(LiveFile file) {
    return end.map(column -> EndBounds.of(file, column.physicalName()).current())
        .map(current -> Math.min(current, file.liveRows()))
        .orElseGet(file::liveRows);
  }

  /** Whether keys of these columns are found in it. */
  boolean isOf(List<DeltaColumn> wanted, Set<Integer> asText) {
    return numbersAsText.equals(asText)
        && columns.stream()
            .map(DeltaColumn::physicalName)
            .toList()
            .equals(wanted.stream().map(DeltaColumn::physicalName).toList());
  }

  /**
   * @param values values of the key columns in the form that files take; none is null
   */
  public KeyBits encode(Object[] values) {
    encoder.encode(values, scratch);
    return new KeyBits(scratch.first(), scratch.second());
  }

  /** {@link Location} that the index has for each key, or {@link Location#ABSENT}. */
  long[] get(List<KeyBits> keys) {
    int count = keys.size();
    long[] first = new long[count];
    long[] second = new long[count];
    for (int i = 0; i < count; i++) {
      first[i] = keys.get(i).first();
      second[i] = keys.get(i).second();
    }
    long[] locations = new long[count];
    index.getAll(first, second, count, locations);
    return locations;
  }

  /**
   * Whether a key has a NULL. Only other programs write such rows. No change of the source has
   * their key, so that they stay out of the index.
   */
  public static boolean hasNull(Object[] values) {
    for (Object value : values) {
      if (value == null) {
        return true;
      }
    }
    return false;
  }

  /** Number of rows with a NULL in their key that were read since the index was begun. */
  public long withoutKey() {
    return withoutKey.get();
  }

  /**
   * Points each key to the row of a new file that has the key's place in the list.
   *
   * @param keys null for a row without a key
   */
  public void put(List<KeyBits> keys, LiveFile file) {
    apply(moves(keys), file, new RoaringBitmap());
  }

  /** The keys of a new file, each with its place in the list, in the index's order. */
  KeyMoves moves(List<KeyBits> keys) {
    KeyMoves moves = new KeyMoves(keys.size());
    for (int row = 0; row < keys.size(); row++) {
      if (keys.get(row) != null) {
        scratch.set(keys.get(row).first(), keys.get(row).second());
        moves.add(scratch, row);
      }
    }
    moves.arrange();
    return moves;
  }

  public void remove(KeyBits key) {
    scratch.set(key.first(), key.second());
    index.remove(scratch);
  }

  /** Number of a file, made known if it is not. */
  int number(LiveFile file) {
    Integer known = numbers.get(file.path());
    if (known != null) {
      return known;
    }
    int number = index.addFile(file.rows());
    while (paths.size() <= number) {
      paths.add(null);
    }
    paths.set(number, file.path());
    numbers.put(file.path(), number);
    return number;
  }

  /** A number greater than those of all files. */
  int endOfNumbers() {
    return paths.size();
  }

  /** Path of the file with a number. */
  String path(int number) {
    return paths.get(number);
  }

  /** Points the keys of all live rows of a file to it. */
  public void add(LiveFile file, RowFiles rowFiles) throws IOException {
    add(file, rowFiles, location -> false);
  }

  /**
   * The same.
   *
   * @param counted whether a {@link Location} that a key pointed to before counts
   * @return number of keys that pointed to one, in another place
   */
  long add(LiveFile file, RowFiles rowFiles, LongPredicate counted) throws IOException {
    int number = number(file);
    IndexLoader loader = new IndexLoader(index, counted);
    read(file, rowFiles, (row, key) -> loader.put(key, number, row));
    loader.flush();
    return loader.duplicates();
  }

  /**
   * As {@link #add}, of a file that another program wrote, or brought back. Rows whose key a live
   * row has already are counted: only other programs write such.
   *
   * @param isLive whether a {@link Location} is one of a row that the table shows
   */
  void addForeign(LiveFile file, RowFiles rowFiles, LongPredicate isLive) throws IOException {
    if (numbers.containsKey(file.path())) {
      // While it was gone its keys pointed elsewhere.
      index.outdateCopies();
    }
    int number = number(file);
    read(
        file,
        rowFiles,
        (row, key) -> {
          long before = index.put(key, number, row);
          if (before != Location.ABSENT && isLive.test(before)) {
            withSharedKey.incrementAndGet();
          }
        });
  }

  /** Rows whose key another row has were found. */
  void foundSharedKeys(long rows) {
    withSharedKey.addAndGet(rows);
  }

  /** Number of rows that were found with the key of another row since the index was begun. */
  public long withSharedKey() {
    return withSharedKey.get();
  }

  /** Takes the key of a row; it is valid until the next one is taken. */
  @FunctionalInterface
  private interface KeyVisitor {
    void key(int row, EncodedKey key);
  }

  private void read(LiveFile file, RowFiles rowFiles, KeyVisitor visitor) throws IOException {
    EncodedKey key = new EncodedKey();
    List<DeltaColumn> read = new ArrayList<>(columns);
    end.ifPresent(read::add);
    int size = columns.size();
    rowFiles.readFewColumns(
        file,
        file.live(),
        read,
        (row, cells) -> {
          if (cells.length > size && cells[size] != null) {
            return;
          }
          Object[] values = cells.length > size ? Arrays.copyOf(cells, size) : cells;
          if (hasNull(values)) {
            withoutKey.incrementAndGet();
          } else {
            encoder.encode(values, key);
            visitor.key(row, key);
          }
        });
  }

  /** How keys are encoded; for any thread. */
  public KeyEncoder encoder() {
    return encoder;
  }

  /**
   * Points keys to the rows of a new file.
   *
   * @param gone rows of the file that are deleted
   */
  public void apply(KeyMoves moves, LiveFile file, RoaringBitmap gone) {
    moves.apply(index, number(file), gone::contains);
  }

  /**
   * Forgets the files that are gone, once they are many for the size of the index.
   *
   * @param active number of files that are not
   */
  void prune(int active, Predicate<String> isActive) {
    long many =
        Math.min(MOST_GONE_FILES, Math.max(LEAST_GONE_FILES, index.entries() / KEYS_PER_GONE_FILE));
    if (numbers.size() - active < many) {
      return;
    }
    BitSet gone = new BitSet();
    numbers.forEach(
        (path, number) -> {
          if (!isActive.test(path)) {
            gone.set(number);
          }
        });
    index.removeFiles(gone);
    numbers.values().removeIf(gone::get);
    gone.stream().forEach(number -> paths.set(number, null));
  }

  /** Makes room for so many keys. */
  void reserve(long count) {
    index.reserve(count);
  }

  long entries() {
    return index.entries();
  }

  IndexSize size() {
    return index.size();
  }

  @Override
  public void close() {
    index.close();
  }
}
