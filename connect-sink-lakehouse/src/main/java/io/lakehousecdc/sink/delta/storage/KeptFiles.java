// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of files that are read several times, such as log entries: fetched in parallel as
 * soon as it is known that they will be read, and kept as long as the listings of their directory
 * show the same files. Thread-safe.
 *
 * <p><b>Why what is kept is what the store has.</b> A log entry does not change, but where a table
 * is dropped and made anew another one gets its name, perhaps of the same size. Its time tells them
 * apart, but only as exactly as the store's clock is told: in whole seconds, by some. So a file is
 * kept beyond the listing that it was announced from only if that listing showed another one which
 * was {@link #SETTLED_MILLIS} younger: whatever gets the name after that has a later time. Both
 * times are the store's; the clock of this process does not matter.
 */
final class KeptFiles {
  private static final Logger LOG = LoggerFactory.getLogger(KeptFiles.class);

  /** More than the clocks of a store's servers, and its rounding of times, may differ. */
  static final long SETTLED_MILLIS = 30_000;

  private final FileIO store;
  private final ReadMemory memory;
  private final Executor threads;

  /** By location, those used last at the end. */
  private final Map<String, Kept> files = new LinkedHashMap<>(16, 0.75f, true);

  /** A file that is kept, or being fetched. */
  private final class Kept {
    private final FileInfo file;

    /** Whether a file that gets the same name later is known by its time. */
    private final boolean settled;

    private byte[] content;
    private boolean begun;
    private boolean ended;
    private boolean dropped;

    Kept(FileInfo file, boolean settled) {
      this.file = file;
      this.settled = settled;
    }

    synchronized boolean isEnded() {
      return ended;
    }

    /** Its fetch begins; false where nobody wants it any more. */
    synchronized boolean begin() {
      begun = !ended;
      return begun;
    }

    /**
     * It is fetched no longer.
     *
     * @param fetched null where it could not be
     */
    synchronized void end(byte[] fetched) {
      if (!ended) {
        ended = true;
        content = fetched;
        notifyAll();
        giveBack();
      }
    }

    /**
     * It is kept no longer. A fetch that waits for a thread may wait for good: the pool may end.
     */
    synchronized void drop() {
      dropped = true;
      if (begun || ended) {
        giveBack();
      } else {
        end(null);
      }
    }

    /** Not before nothing is being read into its memory any more. */
    private void giveBack() {
      if (ended && dropped) {
        memory.giveBack(file.size());
      }
    }

    /** The content; null where it could not be fetched. */
    synchronized byte[] await() throws InterruptedException {
      while (!ended) {
        wait();
      }
      return content;
    }
  }

  /**
   * @param store where the files are read
   * @param threads what reads them
   */
  KeptFiles(FileIO store, ReadMemory memory, Executor threads) {
    this.store = store;
    this.memory = memory;
    this.threads = threads;
  }

  /**
   * Begins to fetch files that are not kept, in the order given, as far as there is memory.
   *
   * @param announced files of one listing, just made
   */
  void fetch(Collection<FileInfo> announced) {
    long newest = announced.stream().mapToLong(FileInfo::modifiedMillis).max().orElse(0);
    Set<String> names = new HashSet<>();
    announced.forEach(file -> names.add(file.location()));
    List<Kept> begun = new ArrayList<>();
    synchronized (this) {
      for (FileInfo file : announced) {
        if (files.containsKey(file.location()) || !hasRoom(file.size(), names)) {
          continue;
        }
        boolean settled = file.modifiedMillis() + SETTLED_MILLIS <= newest;
        Kept kept = new Kept(file, settled);
        files.put(file.location(), kept);
        begun.add(kept);
      }
    }
    begun.forEach(this::begin);
  }

  /**
   * Takes memory: where there is none, that of files which are not needed, those used last last.
   */
  private boolean hasRoom(long bytes, Set<String> needed) {
    if (memory.isMoreThanHalf(bytes)) {
      return false;
    }
    Iterator<Kept> eldest = files.values().iterator();
    while (!memory.takeOfHalf(bytes)) {
      Kept kept = null;
      while (kept == null && eldest.hasNext()) {
        Kept next = eldest.next();
        boolean spare = next.isEnded() && !needed.contains(next.file.location());
        kept = spare ? next : null;
      }
      if (kept == null) {
        return false;
      }
      eldest.remove();
      kept.drop();
    }
    return true;
  }

  private void begin(Kept kept) {
    try {
      threads.execute(() -> fetch(kept));
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.debug("{} is read by whoever needs it", kept.file.location(), e);
      fail(kept);
    }
  }

  private void fetch(Kept kept) {
    if (!kept.begin()) {
      return;
    }
    try (FileInput input = store.open(kept.file.location(), kept.file.size())) {
      ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(kept.file.size()));
      input.readFully(0, content);
      kept.end(content.array());
    } catch (Throwable e) {
      // Errors, too: whoever waits for the file would do so for good.
      LOG.debug("{} is read again by whoever needs it", kept.file.location(), e);
      fail(kept);
    }
  }

  private void fail(Kept kept) {
    synchronized (this) {
      if (files.remove(kept.file.location(), kept)) {
        kept.drop();
      }
    }
    kept.end(null);
  }

  /**
   * The content of a file; waits for it where it is being fetched.
   *
   * @return null where it is not kept, or could not be fetched
   */
  byte[] content(String location, long size) {
    Kept kept;
    synchronized (this) {
      kept = files.get(location);
    }
    if (kept == null || kept.file.size() != size) {
      return null;
    }
    try {
      return kept.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /**
   * Forgets files that are no longer what a listing shows.
   *
   * @param from location that it begins at
   * @param listed files of the same directory from there on
   */
  synchronized void compare(String from, List<FileInfo> listed) {
    String directory = from.substring(0, from.lastIndexOf('/') + 1);
    Map<String, FileInfo> found = new HashMap<>();
    listed.forEach(file -> found.put(file.location(), file));
    for (Iterator<Kept> each = files.values().iterator(); each.hasNext(); ) {
      Kept kept = each.next();
      String location = kept.file.location();
      if (location.startsWith(directory)
          && location.compareTo(from) >= 0
          && !(kept.settled && kept.file.equals(found.get(location)))) {
        each.remove();
        kept.drop();
      }
    }
  }

  /** Forgets a file. */
  synchronized void forget(String location) {
    Kept kept = files.remove(location);
    if (kept != null) {
      kept.drop();
    }
  }

  /** Forgets all of them; whoever waits for one reads it by itself. */
  synchronized void clear() {
    for (Kept kept : files.values()) {
      kept.drop();
      kept.end(null);
    }
    files.clear();
  }
}
