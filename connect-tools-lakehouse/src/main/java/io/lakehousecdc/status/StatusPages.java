// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import java.util.Map;

/**
 * What the worker answers to requests for the status, whatever version of JAX-RS it has.
 * Thread-safe.
 */
final class StatusPages {
  static final String HTML = "text/html;charset=utf-8";
  static final String JSON = "application/json";
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final LiveReport report;
  private final Documentation documentation;

  StatusPages(LiveReport report, Documentation documentation) {
    this.report = report;
    this.documentation = documentation;
  }

  /** An answer to a request. */
  record Answer(int status, String body) {}

  /** Headers of each answer, beside that of the type. */
  static Map<String, String> headers() {
    return Map.of(
        "Content-Security-Policy", StatusHtml.CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options", "nosniff",
        "Referrer-Policy", "no-referrer",
        "Cache-Control", "no-store");
  }

  Answer html() {
    try {
      return new Answer(OK, StatusHtml.text(report.get(), documentation));
    } catch (LiveReport.UnavailableException e) {
      return new Answer(
          UNAVAILABLE,
          "<!DOCTYPE html><html lang=\"en\"><head><title>Lakehouse sinks</title></head><body><p>"
              + StatusHtml.escaped(e.getMessage())
              + "</p></body></html>");
    }
  }

  Answer json() {
    try {
      return new Answer(OK, StatusJson.text(report.get(), documentation));
    } catch (LiveReport.UnavailableException e) {
      return new Answer(UNAVAILABLE, StatusJson.problem(e.getMessage()));
    }
  }
}
