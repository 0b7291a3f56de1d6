// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.index.IndexFileWriter;
import io.lakehousecdc.sink.delta.index.PartCopy;
import io.lakehousecdc.sink.delta.snapshot.KeptState.Claim;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A key index that is being written to a file while commits go on: each part is copied under the
 * lock of the table and written without it.
 *
 * <p>So the parts are of different versions. Of a row that was part of the table both at the first
 * and at the last of them, the entry was in the index all the while, and is in the file. These rows
 * are claimed: those of files that were active then and now, without what is deleted now. Entries
 * of other rows may be there or not, and are true if their rows are part of the table. Where the
 * index was given up meanwhile, its numbers of files may have been used again, or a file was gone
 * and has come back, what was copied is given up, too.
 *
 * <p>A crash leaves the former file, and one under another name that is removed after a day.
 */
public final class KeysInKeeping implements Closeable {
  private final Path name;
  private final KeyMap keys;
  private final int generation;
  private final Set<String> activeAtFirst = new HashSet<>();
  private final PartCopy copy = new PartCopy();
  private Path partial;
  private IndexFileWriter writer;
  private KeptState state;
  private byte[] numbers;
  private int copied;

  /** Called under the table's lock. */
  KeysInKeeping(Path name, TableState state) {
    this.name = name;
    this.keys = state.keys();
    this.generation = keys.index().generation();
    state.files().forEach(file -> activeAtFirst.add(file.path()));
  }

  /**
   * Copies the next part. Called under the table's lock.
   *
   * @param now newest version, or null
   * @return false where there is none, or where the index is no longer what it was
   */
  public boolean copyNext(TableState now) {
    if (!isSame(now) || copied == keys.index().parts()) {
      return false;
    }
    keys.index().copy(copied, copy);
    copied++;
    return true;
  }

  /** Writes the part that was copied. */
  public void write() throws IOException {
    if (writer == null) {
      partial = IndexDirectory.partial(name);
      writer = new IndexFileWriter(partial);
    }
    writer.add(copy);
  }

  /**
   * Notes what the copies are of, after the last of them. Called under the table's lock.
   *
   * @param now newest version, or null
   * @return false where they are of no use
   */
  public boolean seal(TableState now) throws IOException {
    if (!isSame(now) || copied < keys.index().parts()) {
      return false;
    }
    List<Claim> claims = new ArrayList<>();
    for (LiveFile file : now.files()) {
      if (activeAtFirst.contains(file.path())) {
        claims.add(new Claim(file.path(), file.file().size(), file.rows(), file.deleted()));
      }
    }
    numbers = keys.index().numbers();
    state = keys.kept(now.version(), claims);
    return true;
  }

  /** Writes the rest and gives the file its name. */
  public void publish() throws IOException {
    writer.finish(keys.index().wide(), numbers, state::write);
    writer.close();
    Files.move(partial, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    keys.keptOf(state.entry());
  }

  private boolean isSame(TableState now) {
    return now != null
        && now.keys() == keys
        && keys.index().generation() == generation
        && !now.version().entry().isEmpty();
  }

  /** Removes what was written, where it was not published. */
  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
      Files.deleteIfExists(partial);
    }
  }
}
