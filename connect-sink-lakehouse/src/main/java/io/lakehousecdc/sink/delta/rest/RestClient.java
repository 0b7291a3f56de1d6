// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import io.lakehousecdc.sink.delta.rest.Call.Repetition;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends requests over the JDK's HTTP client, repeats those that may be repeated, and counts each
 * try. Thread-safe.
 *
 * <p>The JDK's client by itself sends again what could not be sent at all, and GET and HEAD on a
 * connection that had ended; never a request that writes (its property {@code
 * jdk.httpclient.enableAllMethodRetry} is off unless an operator sets it).
 */
public final class RestClient {
  /**
   * Firewalls forget connections that are idle for a few minutes (Azure's after four), without
   * telling either end. The JDK's client keeps them for longer, so it is replaced, and with it its
   * connections, before one of them can have been idle for so long.
   */
  private static final long LIFETIME_NANOS = Duration.ofMinutes(2).toNanos();

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]+)-([0-9]+)/.*");

  private final HttpOptions options;
  private final Signer signer;
  private final StoreFigures figures;
  private HttpClient client;
  private long created;

  public RestClient(HttpOptions options, Signer signer, StoreFigures figures) {
    this.options = options;
    this.signer = signer;
    this.figures = figures;
  }

  /**
   * Sends a request, and once more where that may help.
   *
   * @return the store's last answer, of whatever status
   * @throws SignInException there are no credentials to send it with
   * @throws InterruptedIOException the thread was interrupted; what became of the request is not
   *     known
   * @throws IOException there was no answer; what became of the request is not known
   */
  public Answer send(Call call) throws IOException {
    for (int repetition = 0; ; repetition++) {
      boolean last = repetition >= options.retries();
      String retryAfter = null;
      try {
        Answer answer = once(call);
        if (last || !helps(call, answer)) {
          return answer;
        }
        retryAfter = answer.header("retry-after");
      } catch (SignInException | InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (last || !helps(call, e)) {
          throw e;
        }
      }
      figures.retried();
      Pauses.before(repetition, retryAfter);
    }
  }

  /**
   * Pauses before something is done again that takes more than to repeat a request.
   *
   * @param repetition 0 before the first one
   * @return false where there were enough
   */
  public boolean again(int repetition) throws InterruptedIOException {
    if (repetition >= options.retries()) {
      return false;
    }
    figures.retried();
    Pauses.before(repetition, null);
    return true;
  }

  /** A store that answers 429 has refused the request; one that answers 500 may have done it. */
  private static boolean helps(Call call, Answer answer) {
    return call.repetition() == Repetition.ANY_FAILURE ? answer.mayPass() : answer.status() == 429;
  }

  private static boolean helps(Call call, IOException failure) {
    return call.repetition() == Repetition.ANY_FAILURE || failure instanceof NotSentException;
  }

  private Answer once(Call call) throws IOException {
    Call signed = signer.sign(call);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(signed.uri())
            .method(
                signed.method(),
                signed.length() == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(signed.content(), 0, signed.length()));
    signed.headers().forEach(request::header);
    long begin = System.nanoTime();
    long bytes = call.length();
    try {
      HttpResponse<byte[]> response = exchange(call, request.build());
      if (call.operation() == Operation.GET) {
        bytes += response.body().length;
      }
      Answer answer = new Answer(response.statusCode(), response.headers(), response.body());
      requireWhole(call, answer);
      if (answer.throttles()) {
        figures.throttled();
      }
      return answer;
    } finally {
      figures.ended(call.operation(), System.nanoTime() - begin, bytes);
    }
  }

  private HttpResponse<byte[]> exchange(Call call, HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client().sendAsync(request, BodyHandlers.ofByteArray());
    try {
      return exchange.get(options.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unanswered(call, e.getCause());
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw new HttpTimeoutException(
          call + " has no answer after " + options.requestTimeout().toMillis() + " ms");
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted during " + call);
    }
  }

  private static IOException unanswered(Call call, Throwable cause) {
    String message = call + " has no answer: " + cause;
    return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
        ? new NotSentException(message, cause)
        : new IOException(message, cause);
  }

  /** The JDK's client finds bodies that end early where their length is told, as ranges are not. */
  private static void requireWhole(Call call, Answer answer) throws IOException {
    String range = answer.header("content-range");
    if (answer.status() != 206 || range == null) {
      return;
    }
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches()
        || Long.parseLong(matcher.group(2)) - Long.parseLong(matcher.group(1)) + 1
            != answer.body().length) {
      throw new IOException(
          call + " is answered by " + answer.body().length + " bytes of the range " + range);
    }
  }

  private synchronized HttpClient client() {
    long now = System.nanoTime();
    if (client == null || now - created > LIFETIME_NANOS) {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(options.connectTimeout());
      options
          .proxy()
          .map(uri -> ProxySelector.of(new InetSocketAddress(uri.getHost(), uri.getPort())))
          .ifPresent(builder::proxy);
      client = builder.build();
      created = now;
    }
    return client;
  }
}
