// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The direct memory that local files are read through: a few pieces that are taken once and used
 * again and again. The JDK would take as much as is read at once, for each thread, and fail where
 * others have filled the JVM's direct memory since. Thread-safe.
 */
final class ReadBuffers {
  private static final int PIECE = 256 << 10;
  private static final int COUNT = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
  private static final BlockingQueue<ByteBuffer> FREE = new ArrayBlockingQueue<>(COUNT);

  private static int made;

  private ReadBuffers() {}

  /**
   * Reads at most a piece from {@code position} into the remaining space of {@code into}.
   *
   * @return number of bytes read; -1 at the end
   */
  static int read(FileChannel file, long position, ByteBuffer into) throws IOException {
    if (into.isDirect()) {
      return file.read(into, position);
    }
    ByteBuffer piece = FREE.poll();
    if (piece == null) {
      makeOne();
      piece = taken();
    }
    try {
      piece.clear().limit(Math.min(piece.capacity(), into.remaining()));
      int count = file.read(piece, position);
      into.put(piece.flip());
      return count;
    } finally {
      FREE.add(piece);
    }
  }

  /**
   * Adds a piece unless there are enough, or the JVM grants none and there are others.
   *
   * @throws OutOfMemoryError there is none
   */
  private static synchronized void makeOne() {
    if (made == COUNT) {
      return;
    }
    try {
      FREE.add(ByteBuffer.allocateDirect(PIECE));
      made++;
    } catch (OutOfMemoryError full) {
      if (made == 0) {
        throw full;
      }
    }
  }

  /** Each is held for one read: waiting is short, and an interrupt is left to the channel. */
  private static ByteBuffer taken() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return FREE.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
