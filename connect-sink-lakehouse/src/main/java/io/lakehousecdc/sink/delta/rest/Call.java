// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request to a store, before it is signed: so it holds no secret.
 *
 * @param operation what it counts as
 * @param method HTTP's, upper case
 * @param uri with its query, percent-encoded
 * @param headers by lower-case name
 * @param content body; its first {@code length} bytes are sent. Not changed until the call has
 *     ended
 * @param length number of bytes of the body
 * @param repetition when it is sent again
 */
public record Call(
    Operation operation,
    String method,
    URI uri,
    Map<String, String> headers,
    byte[] content,
    int length,
    Repetition repetition) {
  private static final byte[] NOTHING = {};

  /** When a request is sent again. */
  public enum Repetition {
    /** After any failure that may pass: the request twice is the request once. */
    ANY_FAILURE,
    /** Only where it is certain that the store has not carried it out. */
    NOT_CARRIED_OUT
  }

  public Call {
    headers = Map.copyOf(headers);
  }

  /** A request without a body, which may be repeated. */
  public static Call of(Operation operation, String method, URI uri) {
    return new Call(operation, method, uri, Map.of(), NOTHING, 0, Repetition.ANY_FAILURE);
  }

  /** The same with a header; replaces one of that name. */
  public Call with(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new Call(operation, method, uri, more, content, length, repetition);
  }

  /** The same with a body. */
  public Call with(byte[] body, int bytes) {
    return new Call(operation, method, uri, headers, body, bytes, repetition);
  }

  /** The same to another address. */
  public Call to(URI address) {
    return new Call(operation, method, address, headers, content, length, repetition);
  }

  /** The same, not repeated where the store may have carried it out. */
  public Call once() {
    return new Call(operation, method, uri, headers, content, length, Repetition.NOT_CARRIED_OUT);
  }

  /** The request as messages name it: without its query, which may be long. */
  @Override
  public String toString() {
    return method + " " + uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
  }
}
