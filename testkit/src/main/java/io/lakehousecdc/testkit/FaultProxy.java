// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A proxy on a loopback port before an object store that speaks HTTP, which makes each request take
 * longer, and harms those that a test chooses. It knows requests and answers, so that it can tell
 * "the store has not seen it" from "the store has done it, and the answer is lost".
 *
 * <p>A client takes it for the store: requests go on unchanged, the {@code Host} header that
 * signatures cover included. Bodies are held in memory whole. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

  /** What becomes of a request. */
  public enum Fault {
    /** It is answered by the store. */
    NONE,
    /** The connection ends, and the store has not seen the request. */
    CUT_BEFORE,
    /** The store has done what it was asked, and the connection ends without its answer. */
    CUT_AFTER,
    /** Answer 500; the store has not seen the request. */
    FAIL_BEFORE,
    /** Answer 500, although the store has done what it was asked. */
    FAIL_AFTER,
    /** Answer 503, as a store's that wants fewer requests, which has not seen this one. */
    SLOW_DOWN,
    /** Answer 409, as S3's to a write that meets another; the store has not seen the request. */
    CONFLICT,
    /** The connection ends in the midst of the answer's body, or of its head if it has none. */
    TRUNCATE;

    /** All but {@link #NONE}. */
    public static final List<Fault> HARMFUL = List.of(values()).subList(1, values().length);
  }

  /**
   * A request as the proxy sees it.
   *
   * @param method upper case
   * @param target path and query, percent-encoded
   * @param ifNoneMatch the header's value; null if there is none
   */
  public record Request(String method, String target, String ifNoneMatch) {}

  private final URI store;
  private final ServerSocket server;
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
  private final AtomicLong harmed = new AtomicLong();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile Duration delay = Duration.ZERO;
  private volatile Function<Request, Fault> faults = request -> Fault.NONE;
  private volatile boolean closed;

  private FaultProxy(URI store) throws IOException {
    this.store = store;
    server = new ServerSocket(0, 256, InetAddress.getByName("127.0.0.1"));
    start("fault-proxy", this::accept);
  }

  /** Starts one that harms nothing. */
  public static FaultProxy before(URI store) {
    try {
      return new FaultProxy(store);
    } catch (IOException e) {
      throw new UncheckedIOException("no loopback port for a proxy", e);
    }
  }

  /** Where clients find the store, by way of this proxy; with the path of the store's own URI. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + store.getRawPath());
  }

  /** Holds each request back for so long before the store gets it. */
  public void delay(Duration each) {
    delay = each;
  }

  /** Chooses the fault of each request from now on; called by several threads. */
  public void faults(Function<Request, Fault> choice) {
    faults = choice;
  }

  /** Harms none from now on. */
  public void noFaults() {
    faults(request -> Fault.NONE);
  }

  /** Harms the next request that is like this, and no other. */
  public void once(Predicate<Request> which, Fault fault) {
    AtomicBoolean left = new AtomicBoolean(true);
    faults(request -> which.test(request) && left.getAndSet(false) ? fault : Fault.NONE);
  }

  /**
   * Harms a share of all requests, by each fault alike. The same seed gives the same row of faults;
   * which request meets which depends on the order in which the client's threads send them.
   *
   * @param share from 0 to 1
   */
  public void random(long seed, double share) {
    Random random = new Random(seed);
    faults(
        request -> {
          synchronized (random) {
            return random.nextDouble() >= share
                ? Fault.NONE
                : Fault.HARMFUL.get(random.nextInt(Fault.HARMFUL.size()));
          }
        });
  }

  /** Number of requests so far by method, upper case. */
  public Map<String, Long> requests() {
    Map<String, Long> requests = new java.util.TreeMap<>();
    counts.forEach((method, count) -> requests.put(method, count.get()));
    return requests;
  }

  /** Number of requests of a method so far. */
  public long requests(String method) {
    return requests().getOrDefault(method, 0L);
  }

  /** Number of requests that were harmed so far. */
  public long harmed() {
    return harmed.get();
  }

  /** Ends all connections. */
  @Override
  public void close() {
    closed = true;
    end(server);
    sockets.forEach(FaultProxy::end);
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = server.accept();
        client.setTcpNoDelay(true);
        start("fault-proxy-connection", () -> serve(client));
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException("the proxy accepts no more connections", e);
        }
      }
    }
  }

  private void serve(Socket client) {
    sockets.add(client);
    try (client;
        Upstream upstream = new Upstream()) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      while (true) {
        HttpMessage request = HttpMessage.request(in, client.getOutputStream());
        if (request == null || !handle(request, client, upstream)) {
          return;
        }
      }
    } catch (IOException gone) {
      // one of both sides has left: so does the proxy, by which the other hears of it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(client);
    }
  }

  /** False where the connection ends. */
  private boolean handle(HttpMessage request, Socket client, Upstream upstream)
      throws IOException, InterruptedException {
    counts.computeIfAbsent(request.method(), method -> new AtomicLong()).incrementAndGet();
    Fault fault =
        faults.apply(
            new Request(request.method(), request.second(), request.header("if-none-match")));
    if (fault != Fault.NONE) {
      harmed.incrementAndGet();
    }
    Thread.sleep(delay.toMillis());
    HttpMessage answer =
        switch (fault) {
          case CUT_BEFORE -> null;
          case FAIL_BEFORE -> error(request, "500 Internal Server Error", "InternalError");
          case SLOW_DOWN -> error(request, "503 Service Unavailable", "SlowDown");
          case CONFLICT -> error(request, "409 Conflict", "ConditionalRequestConflict");
          default -> upstream.exchange(request);
        };
    switch (fault) {
      case CUT_BEFORE, CUT_AFTER -> {
        return false;
      }
      case FAIL_AFTER -> answer = error(request, "500 Internal Server Error", "InternalError");
      case TRUNCATE -> {
        if (answer.body().length > 0) {
          answer.write(client.getOutputStream(), answer.body().length / 2);
        }
        return false;
      }
      default -> {}
    }
    answer.write(client.getOutputStream(), answer.body().length);
    return true;
  }

  private static HttpMessage error(HttpMessage request, String status, String code) {
    byte[] body =
        "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>by the proxy</Message></Error>"
            .formatted(code)
            .getBytes(UTF_8);
    boolean bodiless = request.method().equals("HEAD");
    return new HttpMessage(
        "HTTP/1.1 " + status,
        List.of("Content-Type: application/xml"),
        bodiless ? new byte[0] : body,
        -1,
        false);
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void end(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception alreadyGone) {
      // nothing is left to end
    }
  }

  /** The connection to the store that goes with one of a client. */
  private final class Upstream implements AutoCloseable {
    private Socket socket;
    private InputStream in;

    HttpMessage exchange(HttpMessage request) throws IOException {
      if (socket == null) {
        socket = new Socket(store.getHost(), store.getPort());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
      }
      request.write(socket.getOutputStream(), request.body().length);
      HttpMessage answer = HttpMessage.answer(request.method(), in);
      if (answer.last()) {
        close();
      }
      return answer;
    }

    @Override
    public void close() {
      if (socket != null) {
        end(socket);
        socket = null;
      }
    }
  }
}
