// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * A file being written to S3: by one request where it fits a part, and otherwise in parts that are
 * sent while the next is filled. Holds at most three parts in memory.
 *
 * <p>A file in parts carries a mark of its own. The answer to the request that joins them may be
 * lost, and a second is told that there is no such upload: the mark tells whether it was joined.
 */
final class S3FileOutput extends FileOutput {
  private static final Logger LOG = LoggerFactory.getLogger(S3FileOutput.class);

  /** Above the least that S3 takes (5 MiB); 10,000 of them are the greatest file. */
  static final int PART_BYTES = 8 << 20;

  private static final int MOST_PARTS = 10_000;
  private static final int LEAST_BUFFER_BYTES = 64 << 10;
  private static final int SENT_AT_ONCE = 2;
  private static final String MARK = "writer";

  private final S3Api api;
  private final S3Requests requests;
  private final S3Location location;
  private final String mark = UUID.randomUUID().toString();
  private final List<Future<CompletedPart>> parts = new ArrayList<>();
  private byte[] buffer = new byte[LEAST_BUFFER_BYTES];
  private int buffered;
  private long sent;
  private String upload;
  private boolean closed;

  S3FileOutput(S3Api api, S3Requests requests, S3Location location) {
    this.api = api;
    this.requests = requests;
    this.location = location;
  }

  @Override
  public long position() {
    return sent + buffered;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (closed) {
      throw new IOException("Writing to " + location + " has ended");
    }
    for (int at = 0; at < length; ) {
      if (buffered == PART_BYTES) {
        sendPart();
      }
      int count = Math.min(length - at, PART_BYTES - buffered);
      makeRoom(count);
      System.arraycopy(bytes, offset + at, buffer, buffered, count);
      buffered += count;
      at += count;
    }
  }

  private void makeRoom(int count) {
    if (buffered + count > buffer.length) {
      int wanted = Math.max(buffered + count, 2 * buffer.length);
      buffer = Arrays.copyOf(buffer, Math.min(PART_BYTES, wanted));
    }
  }

  @Override
  public void complete() throws IOException {
    if (upload == null) {
      requests.send(
          Operation.PUT,
          location.toString(),
          () -> {
            api.put(location, buffer, buffered);
            return buffered;
          },
          Integer::longValue);
    } else {
      sendPart();
      List<CompletedPart> all = new ArrayList<>();
      for (Future<CompletedPart> part : parts) {
        all.add(result(part));
      }
      requests.send(
          Operation.PUT,
          location.toString(),
          () -> {
            join(all);
            return all;
          },
          done -> 0);
    }
    closed = true;
    buffer = null;
  }

  private void join(List<CompletedPart> all) throws IOException {
    try {
      api.completeParts(location, upload, all);
    } catch (RuntimeException failure) {
      if (!S3Failures.code(failure).equals("NoSuchUpload") || !isJoined()) {
        throw failure;
      }
    }
  }

  private boolean isJoined() throws IOException {
    HeadObjectResponse found = api.head(location);
    return mark.equals(found.metadata().get(MARK));
  }

  private void sendPart() throws IOException {
    if (upload == null) {
      upload =
          requests.send(
              Operation.PUT,
              location.toString(),
              () -> api.beginParts(location, Map.of(MARK, mark)),
              id -> 0);
    }
    int number = parts.size() + 1;
    if (number > MOST_PARTS) {
      throw new IOException(
          location + " is larger than S3 takes in parts of " + PART_BYTES + " bytes");
    }
    if (number > SENT_AT_ONCE) {
      result(parts.get(number - SENT_AT_ONCE - 1));
    }
    byte[] content = buffer;
    int length = buffered;
    String id = upload;
    parts.add(
        requests.inBackground(
            () ->
                requests.send(
                    Operation.PUT,
                    location.toString(),
                    () -> api.part(location, id, number, content, length),
                    part -> length)));
    sent += length;
    buffer = new byte[LEAST_BUFFER_BYTES];
    buffered = 0;
  }

  private CompletedPart result(Future<CompletedPart> part) throws IOException {
    try {
      return part.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while " + location + " was written");
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    buffer = null;
    parts.forEach(part -> part.cancel(true));
    if (upload != null) {
      // Whoever gives up may be in a hurry: nobody waits for it.
      var unused = requests.inBackground(this::abort);
    }
  }

  /** What it leaves where it fails, a lifecycle rule of the bucket removes. */
  private Void abort() {
    try {
      return requests.send(
          Operation.DELETE,
          location.toString(),
          () -> {
            api.abortParts(location, upload);
            return null;
          },
          done -> 0);
    } catch (IOException e) {
      LOG.warn("Parts of a file that was given up are left behind: {}", e.getMessage());
      return null;
    }
  }
}
