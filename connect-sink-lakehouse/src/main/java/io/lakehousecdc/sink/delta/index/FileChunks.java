// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;

/**
 * The numbering of the rows of all files with ordinals of 42 bits, so that a slot of the index
 * stays small: 20 bits for a chunk, 22 for a row in it. A file takes as many chunks as its rows
 * need and gives them back when it goes. Ordinals begin at a chunk's size: 0 means none.
 */
final class FileChunks {
  private static final int ROW_BITS = 22;
  private static final int ROWS_PER_CHUNK = 1 << ROW_BITS;
  private static final int MAX_CHUNKS = 1 << 20;

  private final Deque<Integer> freeChunks = new ArrayDeque<>();
  private final Deque<Integer> freeFiles = new ArrayDeque<>();
  private int[] fileOfChunk = new int[16];
  private int[] firstRowOfChunk = new int[16];
  private int[][] chunksOfFile = new int[16][];
  private int nextChunk = 1;
  private int nextFile;

  /**
   * Number of a new file.
   *
   * @throws IllegalStateException there is no room for its rows
   */
  synchronized int add(int rows) {
    int file = freeFiles.isEmpty() ? nextFile++ : freeFiles.pop();
    int[] chunks = new int[Math.max(1, (rows - 1) / ROWS_PER_CHUNK + 1)];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = newChunk();
      fileOfChunk[chunks[i]] = file;
      firstRowOfChunk[chunks[i]] = i << ROW_BITS;
    }
    if (file >= chunksOfFile.length) {
      chunksOfFile = Arrays.copyOf(chunksOfFile, 2 * file);
    }
    chunksOfFile[file] = chunks;
    return file;
  }

  /** Bits that the greatest ordinal given out so far has. */
  synchronized int ordinalBits() {
    return Long.SIZE - Long.numberOfLeadingZeros(((long) nextChunk << ROW_BITS) - 1);
  }

  /** Forgets a file that no ordinal in the index belongs to; its number is used again. */
  synchronized void remove(int file) {
    for (int chunk : chunksOfFile[file]) {
      freeChunks.push(chunk);
    }
    chunksOfFile[file] = null;
    freeFiles.push(file);
  }

  /** Writes which chunks belong to which file. */
  synchronized void write(DataOutput out) throws IOException {
    out.writeInt(nextChunk);
    out.writeInt(nextFile);
    for (int file = 0; file < nextFile; file++) {
      int[] chunks = chunksOfFile[file] == null ? new int[0] : chunksOfFile[file];
      out.writeInt(chunks.length);
      for (int chunk : chunks) {
        out.writeInt(chunk);
      }
    }
  }

  /** Reads what was written, where there are no files yet. */
  synchronized void read(DataInput in) throws IOException {
    nextChunk = in.readInt();
    nextFile = in.readInt();
    fileOfChunk = new int[nextChunk + 1];
    firstRowOfChunk = new int[nextChunk + 1];
    chunksOfFile = new int[nextFile + 1][];
    BitSet free = new BitSet();
    free.set(1, nextChunk);
    for (int file = 0; file < nextFile; file++) {
      int[] chunks = new int[in.readInt()];
      for (int i = 0; i < chunks.length; i++) {
        chunks[i] = in.readInt();
        fileOfChunk[chunks[i]] = file;
        firstRowOfChunk[chunks[i]] = i << ROW_BITS;
        free.clear(chunks[i]);
      }
      if (chunks.length == 0) {
        freeFiles.push(file);
      } else {
        chunksOfFile[file] = chunks;
      }
    }
    free.stream().forEach(freeChunks::push);
  }

  long ordinal(int file, int row) {
    return (long) chunksOfFile[file][row >>> ROW_BITS] << ROW_BITS | row & ROWS_PER_CHUNK - 1;
  }

  /** {@link Location} of an ordinal; {@link Location#ABSENT} of 0. */
  long location(long ordinal) {
    if (ordinal == 0) {
      return Location.ABSENT;
    }
    int chunk = (int) (ordinal >>> ROW_BITS);
    int row = (int) ordinal & ROWS_PER_CHUNK - 1;
    return Location.of(fileOfChunk[chunk], firstRowOfChunk[chunk] + row);
  }

  private int newChunk() {
    if (!freeChunks.isEmpty()) {
      return freeChunks.pop();
    }
    if (nextChunk == MAX_CHUNKS) {
      throw new IllegalStateException(
          "The table has more than "
              + MAX_CHUNKS
              + " active files: compact it (OPTIMIZE) before the sink goes on");
    }
    if (nextChunk == fileOfChunk.length) {
      fileOfChunk = Arrays.copyOf(fileOfChunk, 2 * nextChunk);
      firstRowOfChunk = Arrays.copyOf(firstRowOfChunk, 2 * nextChunk);
    }
    return nextChunk++;
  }
}
