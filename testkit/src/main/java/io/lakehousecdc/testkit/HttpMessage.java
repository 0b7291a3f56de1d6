// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A request or an answer of HTTP/1.1, whole in memory.
 *
 * @param start first line, without its end
 * @param headers the other lines of the head, without those of one connection only and without the
 *     body's framing
 * @param declaredLength the length that its head tells of, which an answer to HEAD does not have;
 *     -1 for none
 * @param last whether its connection ends with it
 */
record HttpMessage(
    String start, List<String> headers, byte[] body, long declaredLength, boolean last) {
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE");

  /**
   * Reads a request; null where the connection ends before one begins. Tells a client that waits
   * for it to go on with the body.
   */
  static HttpMessage request(InputStream in, OutputStream out) throws IOException {
    List<String> head = head(in);
    if (head == null) {
      return null;
    }
    if (header(head, "expect") != null) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
      out.flush();
    }
    return of(head, header(head, "content-length") == null ? 0 : -1, in);
  }

  /** Reads the answer to a request of this method. */
  static HttpMessage answer(String method, InputStream in) throws IOException {
    List<String> head = head(in);
    while (head != null && head.get(0).split(" ", 3)[1].startsWith("1")) {
      head = head(in);
    }
    if (head == null) {
      throw new EOFException("the server has closed the connection");
    }
    String status = head.get(0).split(" ", 3)[1];
    boolean bodiless = method.equals("HEAD") || status.equals("204") || status.equals("304");
    return of(head, bodiless ? 0 : -1, in);
  }

  /** First word of the first line: a request's method. */
  String method() {
    return start.split(" ", 2)[0];
  }

  /** Second word of the first line: a request's path and query, or an answer's status. */
  String second() {
    return start.split(" ", 3)[1];
  }

  /** Value of a header; null where there is none. */
  String header(String name) {
    return header(headers, name);
  }

  /** Writes it, or the first bytes of its body only. */
  void write(OutputStream out, int bodyBytes) throws IOException {
    StringBuilder head = new StringBuilder(start).append("\r\n");
    headers.forEach(each -> head.append(each).append("\r\n"));
    long length = body.length > 0 ? body.length : Math.max(declaredLength, 0);
    if (declaredLength >= 0 || length > 0 || !WITHOUT_BODY.contains(method())) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(head.length() + 2 + bodyBytes);
    all.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
    all.write(body, 0, bodyBytes);
    all.writeTo(out);
    out.flush();
  }

  private static HttpMessage of(List<String> head, int knownLength, InputStream in)
      throws IOException {
    String length = header(head, "content-length");
    boolean last = "close".equalsIgnoreCase(header(head, "connection"));
    byte[] body;
    if ("chunked".equalsIgnoreCase(header(head, "transfer-encoding"))) {
      body = chunks(in);
    } else if (knownLength == 0) {
      body = new byte[0];
    } else if (length != null) {
      body = in.readNBytes(Integer.parseInt(length));
      if (body.length < Integer.parseInt(length)) {
        throw new EOFException("the connection has ended within a body");
      }
    } else {
      body = in.readAllBytes();
      last = true;
    }
    List<String> kept = new ArrayList<>();
    for (String line : head.subList(1, head.size())) {
      String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
      switch (name) {
        case "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "expect",
            "upgrade",
            "http2-settings" -> {}
        default -> kept.add(line);
      }
    }
    return new HttpMessage(
        head.get(0), List.copyOf(kept), body, length == null ? -1 : Long.parseLong(length), last);
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line(in).split(";", 2)[0].trim();
      int length = Integer.parseInt(size, 16);
      if (length == 0) {
        while (!line(in).isEmpty()) {
          // trailers are of the connection, not of the message
        }
        return body.toByteArray();
      }
      byte[] chunk = in.readNBytes(length);
      if (chunk.length < length) {
        throw new EOFException("the connection has ended within a chunk");
      }
      body.writeBytes(chunk);
      line(in);
    }
  }

  /** The lines up to an empty one; null at the end of the stream. */
  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      String line = line(in);
      if (line == null) {
        return null;
      }
      if (!line.isEmpty()) {
        lines.add(line);
      } else if (!lines.isEmpty()) {
        return lines;
      }
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int each = in.read(); each != '\n'; each = in.read()) {
      if (each < 0) {
        return null;
      }
      if (each != '\r') {
        line.write(each);
      }
    }
    return line.toString(ISO_8859_1);
  }

  private static String header(List<String> lines, String name) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon == name.length() && line.regionMatches(true, 0, name, 0, colon)) {
        return line.substring(colon + 1).trim();
      }
    }
    return null;
  }
}
