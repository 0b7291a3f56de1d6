// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A proxy before a PostgreSQL server that cuts a connection at a moment which the bytes on it tell,
 * or answers connections itself with an error, as a server does that is starting. Thread-safe.
 */
public final class CuttingProxy implements AutoCloseable {
  /** Greeting of the server's answer to a client that asks for encryption: none. */
  private static final int NO_ENCRYPTION = 'N';

  private final int serverPort;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Cut> cut = new AtomicReference<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile String state = "";

  /** Who says what before the connection is cut. */
  private record Cut(Side side, String text) {}

  /** An end of a connection. */
  public enum Side {
    CLIENT,
    SERVER
  }

  /**
   * @param serverPort port of the server on this machine
   */
  public CuttingProxy(int serverPort) {
    this.serverPort = serverPort;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread(this::accept);
  }

  /** Port that the proxy listens on, on the loopback address. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Cuts, once, the connection on which a side sends this text, before the other receives it. */
  public void cutAt(Side side, String text) {
    cut.set(new Cut(side, text));
  }

  /** Whether the cut that was asked for has been made. */
  public boolean hasCut() {
    return cut.get() == null;
  }

  /** Refuses the next connections with a fatal error of this SQLSTATE. */
  public void refuse(int connections, String sqlState) {
    state = sqlState;
    refusals.set(connections);
  }

  /** Number of connections refused so far. */
  public int refused() {
    return refused.get();
  }

  /** Number of connections accepted so far. */
  public int accepted() {
    return accepted.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        accepted.incrementAndGet();
        thread(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try {
      if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        refuse(client);
        return;
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
      open.add(server);
      thread(() -> copy(Side.SERVER, server, client));
      copy(Side.CLIENT, client, server);
    } catch (IOException e) {
      close(client);
    }
  }

  private void refuse(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    OutputStream out = client.getOutputStream();
    boolean isRequest = readStartup(in).length == 4;
    if (isRequest) {
      out.write(NO_ENCRYPTION);
      out.flush();
      readStartup(in);
    }
    byte[] error =
        ("SFATAL\0VFATAL\0C" + state + "\0Mthe server refuses for now\0\0").getBytes(ISO_8859_1);
    out.write('E');
    int length = error.length + 4;
    out.write(new byte[] {0, 0, (byte) (length >> 8), (byte) length});
    out.write(error);
    out.flush();
    refused.incrementAndGet();
    close(client);
  }

  /** A message without a type: its length, then the rest. */
  private static byte[] readStartup(InputStream in) throws IOException {
    byte[] head = in.readNBytes(4);
    return in.readNBytes(ByteBuffer.wrap(head).getInt() - 4);
  }

  private void copy(Side side, Socket from, Socket to) {
    byte[] bytes = new byte[1 << 16];
    String tail = "";
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int size = in.read(bytes); size > 0; size = in.read(bytes)) {
        Cut wanted = cut.get();
        String said = tail + new String(bytes, 0, size, ISO_8859_1);
        if (wanted != null && wanted.side() == side && said.contains(wanted.text())) {
          cut.compareAndSet(wanted, null);
          break;
        }
        tail = said.substring(Math.max(0, said.length() - 64));
        out.write(bytes, 0, size);
        out.flush();
      }
    } catch (IOException e) {
      // The other side has ended, or the proxy was closed: so does this one.
    }
    close(from);
    close(to);
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(this::close);
  }
}
