// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The current metrics of the JMX exporter.
 *
 * @param text in Prometheus' format, one sample per line
 */
record Exposition(String text) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  static Exposition of(URI metrics) {
    try {
      return new Exposition(
          HTTP.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
              .body());
    } catch (IOException e) {
      throw new UncheckedIOException("no metrics from " + metrics, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading " + metrics, e);
    }
  }

  /** The sum of a metric's samples whose labels match the expression; 0 without any. */
  double sum(String metric, String labels) {
    Matcher samples =
        Pattern.compile("(?m)^" + metric + "\\{[^}]*" + labels + "[^}]*\\} (\\S+)$").matcher(text);
    double sum = 0;
    while (samples.find()) {
      sum += Double.parseDouble(samples.group(1));
    }
    return sum;
  }
}
