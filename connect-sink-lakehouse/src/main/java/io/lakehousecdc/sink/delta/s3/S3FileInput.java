// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * A file in S3 open for reading. Each read is a request for a range of bytes; one that breaks off
 * goes on where it ended. All reads are of one version of the file.
 */
final class S3FileInput implements FileInput {
  private static final int PIECE = 64 << 10;

  private final S3Api api;
  private final S3Requests requests;
  private final S3Location location;
  private final long length;

  /** Version that the first answer told. */
  private volatile Optional<String> etag;

  S3FileInput(
      S3Api api, S3Requests requests, S3Location location, long length, Optional<String> etag) {
    this.api = api;
    this.requests = requests;
    this.location = location;
    this.length = length;
    this.etag = etag;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int read(long position, ByteBuffer into) throws IOException {
    if (!into.hasRemaining()) {
      return 0;
    }
    if (position >= length) {
      return -1;
    }
    Range range = new Range(position, (int) Math.min(into.remaining(), length - position), into);
    try {
      requests.send(Operation.GET, location.toString(), range::fetch, Integer::longValue);
    } finally {
      range.leave();
    }
    return range.wanted;
  }

  @Override
  public void close() {}

  /** A read. Its tries run on other threads, of which one may go on when its caller has left. */
  private final class Range {
    private final long position;
    private final int wanted;
    private final ByteBuffer into;
    private int done;
    private int tries;
    private boolean left;

    Range(long position, int wanted, ByteBuffer into) {
      this.position = position;
      this.wanted = wanted;
      this.into = into;
    }

    /** Reads what is wanted still, and returns how much it was. */
    int fetch() throws IOException {
      int begin;
      int mine;
      synchronized (this) {
        begin = done;
        mine = ++tries;
      }
      try (ResponseInputStream<GetObjectResponse> body =
          api.get(location, position + begin, position + wanted - 1, etag)) {
        etag = Optional.ofNullable(body.response().eTag());
        boolean whole = false;
        try {
          copy(body, begin, mine);
          whole = true;
        } finally {
          if (!whole) {
            // Closing alone would read the rest.
            body.abort();
          }
        }
      }
      return wanted - begin;
    }

    private void copy(ResponseInputStream<GetObjectResponse> body, int begin, int mine)
        throws IOException {
      Long told = body.response().contentLength();
      if (told != null && told != wanted - begin) {
        throw new EOFException(
            "the store sends "
                + told
                + " bytes, and not the "
                + (wanted - begin)
                + " wanted from "
                + (position + begin));
      }
      byte[] piece = new byte[Math.min(PIECE, wanted - begin)];
      int at = begin;
      while (at < wanted) {
        int count = body.read(piece, 0, Math.min(piece.length, wanted - at));
        if (count < 0) {
          throw new EOFException("the answer ends after " + (at - begin) + " bytes");
        }
        take(mine, piece, count);
        at += count;
      }
    }

    private synchronized void take(int mine, byte[] piece, int count) throws IOException {
      if (left || mine != tries) {
        throw new IOException("the read was given up");
      }
      into.put(piece, 0, count);
      done += count;
    }

    /** Nothing is put into the buffer after it. */
    synchronized void leave() {
      left = true;
    }
  }
}
