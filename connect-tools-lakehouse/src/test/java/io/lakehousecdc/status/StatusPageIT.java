// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page in a real browser; pictures of it are in {@code target/screenshots}. */
class StatusPageIT {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final int READINGS = 40;
  private static final int PHONE = 390;

  private Chromium browser;

  @BeforeEach
  void find() {
    Optional<Chromium> installed = Chromium.installed();
    assumeTrue(
        installed.isPresent(), "no Chromium is installed (apt-get install chromium): not tested");
    browser = installed.get();
  }

  @ParameterizedTest
  @EnumSource
  void isReadableLightAndDarkAndOnAPhone(Example example) throws IOException {
    try (PageServer server = new PageServer(() -> example.report(READINGS))) {
      String name = example.name().toLowerCase(Locale.ROOT);
      URI page = server.uri("/lakehouse");
      browser.screenshot(
          page, SCREENSHOTS.resolve(name + "-light.png"), 1440, 700, Chromium.Scheme.LIGHT);
      browser.screenshot(
          page, SCREENSHOTS.resolve(name + "-dark.png"), 1440, 700, Chromium.Scheme.DARK);
      // A window cannot be as narrow as a phone, a frame can.
      server.serve(
          "/phone",
          "text/html",
          Map.of(),
          () ->
              "<!DOCTYPE html><body style='margin:0'><iframe src='/framed' width="
                  + PHONE
                  + " height=2400 style='border:0'></iframe>");
      server.serve(
          "/framed",
          StatusPages.HTML,
          Map.of(),
          () -> StatusHtml.text(example.report(READINGS), PageServer.DOCUMENTATION));
      browser.screenshot(
          server.uri("/phone"),
          SCREENSHOTS.resolve(name + "-phone.png"),
          PHONE + 110,
          2400,
          Chromium.Scheme.LIGHT);
    }
  }

  @Test
  void followsTheWorkersAnswers() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    try (PageServer server =
        new PageServer(
            () -> (asked.getAndIncrement() == 0 ? Example.HEALTHY : Example.FAILED).report(2))) {
      // The two differ in their rows, so that the page is loaded anew.
      String dom = browser.dom(server.uri("/lakehouse"), 30_000);
      assertTrue(dom.contains("schema.evolution is none"), dom);
      assertTrue(asked.get() > 1, "asked " + asked);
    }
  }

  @Test
  void showsNewFiguresInPlace() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Reports reports = new Reports();
    try (PageServer server =
        new PageServer(
            () -> {
              long now = Example.NOW + asked.getAndIncrement() * 5_000L;
              return reports.of(Example.LAGGING.at(now), now);
            })) {
      // Were it loaded anew, the script would not have said that it is live.
      String dom = browser.dom(server.uri("/lakehouse"), 30_000);
      assertTrue(asked.get() >= 3, "asked " + asked);
      assertTrue(dom.contains("· live, every 5 seconds"), dom);
      assertFalse(dom.contains(">" + Figures.time(Example.NOW) + "<"), dom);
      assertTrue(dom.contains("readings: "), dom);
      assertTrue(dom.contains("href=\"https://example.org/docs/DEAD-LETTERS.md\""), dom);
    }
  }

  @Test
  void hostileNamesAreText() throws IOException {
    try (PageServer server = new PageServer(() -> Example.FAILED.report(1))) {
      String dom = browser.dom(server.uri("/lakehouse"), 12_000);
      assertTrue(dom.contains("lake &lt;b&gt;&amp;\"archive\"</h2>"), dom);
      assertFalse(dom.contains("<b>"), dom);
    }
  }

  @ParameterizedTest
  @EnumSource
  void meetsTheRulesOfAccessibility(Example example) throws IOException {
    Optional<String> axe = Axe.script();
    assumeTrue(axe.isPresent(), "axe-core cannot be fetched by npm: accessibility is not tested");
    for (Chromium.Scheme scheme : Chromium.Scheme.values()) {
      try (PageServer server = new PageServer(() -> example.report(READINGS))) {
        String html = StatusHtml.text(example.report(READINGS), PageServer.DOCUMENTATION);
        server.serve(
            "/checked",
            StatusPages.HTML,
            Map.of(),
            () ->
                html.replace(
                    "</body>",
                    "<script>" + axe.get() + "</script><script>" + Axe.RUN + "</script></body>"));
        String dom = browser.dom(server.uri("/checked"), 4_000, scheme);
        assertEquals("[]", Axe.violations(dom));
      }
    }
  }
}
