// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.net.http.HttpHeaders;

/**
 * What a store has answered.
 *
 * @param status HTTP's
 * @param body whole
 */
public record Answer(int status, HttpHeaders headers, byte[] body) {

  /** A header's first value; null where there is none. */
  public String header(String name) {
    return headers.firstValue(name).orElse(null);
  }

  public boolean succeeded() {
    return status / 100 == 2;
  }

  /** Whether the same request may succeed later. */
  public boolean mayPass() {
    return switch (status) {
      case 408, 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /** Whether the store asks for fewer requests. */
  boolean throttles() {
    return status == 429 || status == 503;
  }
}
