// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.index.IndexFileReader;
import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.delta.index.KeyIndex;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.snapshot.KeptState.Claim;
import io.lakehousecdc.sink.error.TargetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key index of a table that is kept on a disk of the worker while no task uses it.
 *
 * <p><b>Why it can be trusted.</b> A data file never changes, so that an entry of the index is true
 * as long as its row is part of the table, whatever happened meanwhile; what could be wrong is only
 * that entries are missing. Of some files the index claims to have the keys of all rows but those
 * that were deleted when it was kept ({@link Claim}). The keys of a file are read anew where the
 * file is not among them, or where rows have come back since (a RESTORE). That is all that the log
 * since then could tell, and holds for a log that was cleaned up, too. It has to be the same table
 * nevertheless, whose log still has the entry of the version that was kept: anything else means
 * that the table was dropped, or another one put in its place.
 *
 * <p>Processes may share a directory. A file appears under its name in whole, by a rename; the last
 * one wins, and each is right by itself. Guarded by the lock of its table.
 */
public final class KeptKeys {
  private static final Logger LOG = LoggerFactory.getLogger(KeptKeys.class);

  private final Path file;
  private final TableLog log;

  /**
   * @param directory existing directory of the worker's indexes
   * @param log of the table
   */
  public KeptKeys(Path directory, TableLog log) {
    this.file = directory.resolve(IndexDirectory.name(log.location()));
    this.log = log;
  }

  /**
   * A kept index.
   *
   * @param changed active files whose keys it lacks
   */
  record Kept(KeyMap keys, List<LiveFile> changed) {}

  /**
   * The index of these columns, where one is kept that fits the version.
   *
   * @param end column that is NULL in the rows that the index knows; empty for all rows
   * @param files active files of the version
   * @throws io.lakehousecdc.sink.error.RetriableException there is no room for it
   */
  Optional<Kept> read(
      TableVersion version,
      List<DeltaColumn> columns,
      Set<Integer> numbersAsText,
      Optional<DeltaColumn> end,
      Collection<LiveFile> files,
      IndexMemory memory) {
    long start = System.nanoTime();
    try (IndexFileReader reader = IndexFileReader.open(file)) {
      KeptState state = KeptState.read(reader.description());
      requireFit(state, version, KeptState.names(columns, end), numbersAsText);
      List<LiveFile> changed = changed(state, files);
      KeyIndex index = reader.index(memory);
      touch();
      LOG.info(
          "{}: read the key index that was kept of version {}, {} keys, in {} ms; the keys of {} of"
              + " {} files follow",
          log.location(),
          state.version(),
          index.entries(),
          (System.nanoTime() - start) / 1_000_000,
          changed.size(),
          files.size());
      return Optional.of(new Kept(KeyMap.kept(columns, numbersAsText, end, state, index), changed));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (TargetException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Whatever it is: the table itself has all that is needed.
      LOG.warn(
          "{}: the key index that was kept in {} is not used: {}. It is built anew.",
          log.location(),
          file,
          e instanceof IOException ? e.getMessage() : e.toString());
      forget();
      return Optional.empty();
    }
  }

  private void requireFit(
      KeptState state, TableVersion version, List<String> columns, Set<Integer> numbersAsText)
      throws IOException {
    if (!state.tableId().equals(version.tableId())) {
      throw new IOException("it is of another table that was in the place of this one");
    }
    if (state.version() > version.number() || !log.holds(state.version(), state.entry())) {
      throw new IOException(
          "the log of the table does not hold the commit of version "
              + state.version()
              + " that it was kept of");
    }
    if (!state.columns().equals(columns) || !state.numbersAsText().equals(numbersAsText)) {
      throw new IOException("it is of other key columns");
    }
  }

  /**
   * Active files of which the index does not have every key.
   *
   * @throws IOException a file is not what it was
   */
  private static List<LiveFile> changed(KeptState state, Collection<LiveFile> files)
      throws IOException {
    Map<String, Claim> claims = new HashMap<>();
    state.claims().forEach(claim -> claims.put(claim.path(), claim));
    List<LiveFile> changed = new ArrayList<>();
    for (LiveFile active : files) {
      Claim claim = claims.get(active.path());
      if (claim == null) {
        changed.add(active);
        continue;
      }
      if (claim.rows() != active.rows() || claim.size() != active.file().size()) {
        throw new IOException("the file " + active.path() + " of the table has another size");
      }
      if (!active.deleted().contains(claim.deleted())) {
        changed.add(active);
      }
    }
    return changed;
  }

  /**
   * Begins to keep the index of a table as it is.
   *
   * @param state newest version, or null
   * @return empty where there is nothing to keep, or where it is kept already
   */
  public Optional<KeysInKeeping> begin(TableState state) {
    return state == null
            || state.keys() == null
            || state.version().entry().isEmpty()
            || state.keys().isKept(state.version())
        ? Optional.empty()
        : Optional.of(new KeysInKeeping(file, state));
  }

  private void touch() {
    try {
      Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
    } catch (IOException e) {
      LOG.debug("{} may be taken for one that nobody uses", file, e);
    }
  }

  private void forget() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Cannot delete {}: {}", file, e.toString());
    }
  }
}
