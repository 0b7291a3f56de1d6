// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import io.lakehousecdc.sink.delta.storage.FileOutput;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * An object being written: at once if it is small, else in parts, each of which is on its way while
 * the next is filled. Holds two parts in memory at most, besides the HTTP client's buffers.
 */
final class ObjectOutput extends FileOutput {
  /** What a part has, and the most that is written at once; a multiple of 256 KiB for GCS. */
  static final int PART_BYTES = 8 << 20;

  private static final int FIRST_BYTES = 64 << 10;

  private final ObjectStore store;
  private final ObjectName name;
  private final ExecutorService threads;
  private byte[] filling = new byte[FIRST_BYTES];
  private byte[] spare;
  private int filled;
  private long position;
  private PartUpload upload;
  private Future<?> underWay;
  private boolean failed;
  private boolean closed;

  ObjectOutput(ObjectStore store, ObjectName name, ExecutorService threads) {
    this.store = store;
    this.name = name;
    this.threads = threads;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    requireOpen();
    int at = offset;
    int left = length;
    while (left > 0) {
      if (filled == PART_BYTES) {
        sendPart();
      }
      int count = Math.min(left, PART_BYTES - filled);
      makeRoom(count);
      System.arraycopy(bytes, at, filling, filled, count);
      filled += count;
      at += count;
      left -= count;
    }
    position += length;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void complete() throws IOException {
    requireOpen();
    if (upload == null) {
      store.put(name, filling, filled);
    } else {
      awaitPart();
      upload.finish(filling, filled);
    }
    end();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (underWay != null) {
      underWay.cancel(true);
    }
    if (upload != null) {
      upload.abandon();
    }
    end();
  }

  private void makeRoom(int count) {
    if (filling.length < filled + count) {
      int wanted = Math.max(filled + count, 2 * filling.length);
      filling = Arrays.copyOf(filling, Math.min(PART_BYTES, wanted));
    }
  }

  private void sendPart() throws IOException {
    awaitPart();
    failed = true;
    if (upload == null) {
      upload = store.upload(name);
    }
    failed = false;
    byte[] part = filling;
    underWay =
        threads.submit(
            () -> {
              upload.part(part);
              return null;
            });
    filling = spare == null ? new byte[PART_BYTES] : spare;
    spare = part;
    filled = 0;
  }

  private void awaitPart() throws IOException {
    if (underWay == null) {
      return;
    }
    failed = true;
    try {
      underWay.get();
      underWay = null;
      failed = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while " + name + " was written");
    } catch (ExecutionException e) {
      throw new IOException("A part of " + name + " cannot be written: " + e.getCause(), e);
    }
  }

  private void requireOpen() throws IOException {
    if (closed || failed) {
      throw new IOException(
          name + (closed ? " is closed" : " cannot be completed: a write of it has failed"));
    }
  }

  private void end() {
    closed = true;
    filling = null;
    spare = null;
    upload = null;
  }
}
