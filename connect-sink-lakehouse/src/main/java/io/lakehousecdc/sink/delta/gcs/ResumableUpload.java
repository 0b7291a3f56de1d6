// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.rest.Answer;
import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.PartUpload;
import io.lakehousecdc.sink.delta.rest.RestClient;
import io.lakehousecdc.sink.delta.rest.SignInException;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An object being written in chunks. Who does not know what became of a chunk asks how much of the
 * object is there, and goes on from that. The service forgets an upload after a week.
 *
 * @see <a href="https://cloud.google.com/storage/docs/performing-resumable-uploads">Resumable
 *     uploads</a>
 */
final class ResumableUpload implements PartUpload {
  private static final int INCOMPLETE = 308;
  private static final Pattern RANGE = Pattern.compile("bytes=0-([0-9]+)");

  private final RestClient client;
  private final URI session;
  private long written;

  ResumableUpload(RestClient client, URI session) {
    this.client = client;
    this.session = session;
  }

  @Override
  public void part(byte[] content) throws IOException {
    send(content, content.length, "*");
  }

  @Override
  public void finish(byte[] content, int length) throws IOException {
    send(content, length, Long.toString(written + length));
  }

  @Override
  public void abandon() {
    try {
      client.send(Call.of(Operation.DELETE, "DELETE", session).once());
    } catch (IOException left) {
      // The service forgets the upload by itself.
    }
  }

  /**
   * @param total number of bytes of the object; an asterisk while more follow
   */
  private void send(byte[] content, int length, String total) throws IOException {
    long begin = written;
    long end = begin + length;
    boolean last = !total.equals("*");
    int repetition = 0;
    while (true) {
      byte[] rest =
          written == begin ? content : Arrays.copyOfRange(content, (int) (written - begin), length);
      Call call =
          put("bytes " + written + "-" + (end - 1) + "/" + total)
              .with(rest, (int) (end - written))
              .once();
      Answer answer;
      try {
        answer = client.send(call);
        if (answer.mayPass() && client.again(repetition++)) {
          answer = client.send(put("bytes */" + total));
        }
      } catch (SignInException | InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (!client.again(repetition++)) {
          throw e;
        }
        answer = client.send(put("bytes */" + total));
      }
      if (last && answer.succeeded()) {
        written = end;
        return;
      }
      long before = written;
      written = persisted(call, answer);
      if (written < begin || written > end) {
        throw new IOException(call + " has " + written + " bytes of the object, not " + begin);
      }
      if (written == end && !last) {
        return;
      }
      if (written == before && !client.again(repetition++)) {
        throw new IOException(call + " makes no progress at byte " + written);
      }
    }
  }

  private Call put(String contentRange) {
    return Call.of(Operation.PUT, "PUT", session).with("content-range", contentRange);
  }

  private static long persisted(Call call, Answer answer) throws IOException {
    if (answer.status() != INCOMPLETE) {
      GcsStore.require(call, answer, INCOMPLETE);
    }
    String range = answer.header("range");
    if (range == null) {
      return 0;
    }
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches()) {
      throw new IOException(call + " is answered by the range " + range);
    }
    return Long.parseLong(matcher.group(1)) + 1;
  }
}
