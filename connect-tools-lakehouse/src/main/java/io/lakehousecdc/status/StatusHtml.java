// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.status.StatusReport.Cell;
import io.lakehousecdc.status.StatusReport.Level;
import io.lakehousecdc.status.StatusReport.Problem;
import io.lakehousecdc.status.StatusReport.Sink;
import io.lakehousecdc.status.StatusReport.Table;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * Writes reports as a page of its own: a plain table, which a script keeps up to date where there
 * is one. The page needs no other resource. Stateless.
 */
public final class StatusHtml {
  private static final String TREND = "Trend";
  private static final String STYLE = resource("status.css");
  private static final String SCRIPT = resource("status.js");

  /**
   * Value of the header {@code Content-Security-Policy}: this style and this script, requests to
   * the page's own server, and nothing else.
   *
   * @see <a href="https://www.w3.org/TR/CSP3/">Content Security Policy Level 3</a>
   */
  public static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src "
          + hash(STYLE)
          + "; script-src "
          + hash(SCRIPT)
          + "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final StringBuilder html = new StringBuilder(16_384);
  private final Documentation documentation;

  private StatusHtml(Documentation documentation) {
    this.documentation = documentation;
  }

  /** The report as a page. */
  public static String text(StatusReport report, Documentation documentation) {
    return new StatusHtml(documentation).page(report);
  }

  private String page(StatusReport report) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<meta name=\"color-scheme\" content=\"light dark\">\n")
        .append("<title>Lakehouse sinks</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>")
        .append(STYLE)
        .append("</style>\n</head>\n<body>\n")
        .append("<a class=\"skip\" href=\"#sinks\">Skip to the sinks</a>\n")
        .append("<header>\n<h1>Lakehouse sinks</h1>\n<p id=\"summary\" role=\"status\"")
        .append(" aria-live=\"polite\">")
        .append(escaped(report.summary()))
        .append("</p>\n<p class=\"when\">As of <time id=\"at\">")
        .append(escaped(Figures.time(report.atMillis())))
        .append("</time> <span id=\"live\"></span></p>\n</header>\n<main id=\"sinks\">\n");
    if (report.sinks().isEmpty()) {
      html.append("<p>No lakehouse sink runs on this Connect cluster.</p>\n");
    }
    for (int i = 0; i < report.sinks().size(); i++) {
      add(report.sinks().get(i), "s" + i);
    }
    html.append("</main>\n<footer><p>Times are in UTC. <a href=\"lakehouse/status.json\"")
        .append(" id=\"json\">The same as JSON</a>.</p></footer>\n<script>")
        .append(SCRIPT)
        .append("</script>\n</body>\n</html>\n");
    return html.toString();
  }

  private void add(Sink sink, String id) {
    SinkState state = sink.state();
    html.append("<section aria-labelledby=\"")
        .append(id)
        .append("\" data-sink=\"")
        .append(escaped(state.name()))
        .append("\">\n<div class=\"head\"><h2 id=\"")
        .append(id)
        .append("\">")
        .append(escaped(state.name()))
        .append("</h2>\n<p class=\"facts\">");
    badge(state.state(), Diagnosis.levelOf(state.state()), "data-state");
    if (!state.warehouse().isEmpty()) {
      html.append(" <span>").append(escaped(state.warehouse())).append("</span>");
    }
    html.append("</p></div>\n<ul class=\"tasks\" aria-label=\"Tasks of ")
        .append(escaped(state.name()))
        .append("\">");
    for (SinkState.Task task : state.tasks()) {
      html.append("<li>Task ").append(task.id()).append(' ');
      badge(task.state(), Diagnosis.levelOf(task.state()), "data-task");
      html.append(" <span class=\"worker\">").append(escaped(task.worker())).append("</span></li>");
    }
    html.append("</ul>\n<ul class=\"problems\" aria-label=\"Problems of ")
        .append(escaped(state.name()))
        .append("\"")
        .append(sink.problems().isEmpty() ? " hidden" : "")
        .append(">");
    sink.problems().forEach(this::add);
    html.append("</ul>\n");
    if (!sink.tables().isEmpty()) {
      addTables(sink);
    } else if (state.unreadable() == null) {
      html.append("<p class=\"none\">Nothing has been written yet.</p>\n");
    }
    html.append("</section>\n");
  }

  private void badge(String text, Level level, String attribute) {
    html.append("<span class=\"badge ")
        .append(level.key())
        .append("\" ")
        .append(attribute)
        .append(">")
        .append(escaped(text))
        .append("</span>");
  }

  private void add(Problem problem) {
    html.append("<li class=\"")
        .append(problem.level().key())
        .append("\"><strong>")
        .append(escaped(problem.subject()))
        .append("</strong> ")
        .append(escaped(problem.text()))
        .append(" <span class=\"todo\">Runbook: ");
    documentation
        .link(problem.entry())
        .ifPresentOrElse(
            link ->
                html.append("<a href=\"")
                    .append(escaped(link))
                    .append("\" rel=\"noreferrer\">")
                    .append(escaped(problem.entry().title()))
                    .append("</a>"),
            () -> html.append(escaped(problem.entry().title())));
    html.append("</span></li>");
  }

  private void addTables(Sink sink) {
    String name = escaped(sink.state().name());
    html.append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Tables of ")
        .append(name)
        .append("\">\n<table role=\"table\">\n<caption>Tables of ")
        .append(name)
        .append("</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
    header("Table");
    List<Cell> labels = sink.tables().get(0).cells();
    for (Cell cell : labels) {
      header(cell.label());
      if (cell.key().equals(Figures.BEHIND)) {
        header(TREND);
      }
    }
    html.append("</tr></thead>\n<tbody role=\"rowgroup\">\n");
    sink.tables().forEach(this::add);
    html.append("</tbody>\n</table>\n</div>\n");
  }

  private void header(String label) {
    html.append("<th scope=\"col\" role=\"columnheader\">").append(escaped(label)).append("</th>");
  }

  private void add(Table table) {
    html.append("<tr role=\"row\" data-topic=\"")
        .append(escaped(table.status().key().topic()))
        .append("\" data-table=\"")
        .append(escaped(table.name()))
        .append("\"><th scope=\"row\" role=\"rowheader\">")
        .append(escaped(table.name()))
        .append(" <span class=\"topic\">")
        .append(escaped(table.status().key().topic()))
        .append("</span></th>");
    for (Cell cell : table.cells()) {
      html.append("<td role=\"cell\" data-label=\"")
          .append(escaped(cell.label()))
          .append("\" data-cell=\"")
          .append(cell.key())
          .append("\" class=\"")
          .append(cell.level().key())
          .append("\">")
          .append(escaped(cell.text()))
          .append("</td>");
      if (cell.key().equals(Figures.BEHIND)) {
        add(new Sparkline(table.lagMillis()));
      }
    }
    html.append("</tr>\n");
  }

  private void add(Sparkline line) {
    html.append("<td role=\"cell\" data-label=\"")
        .append(TREND)
        .append("\"><svg viewBox=\"0 0 ")
        .append(Sparkline.WIDTH)
        .append(' ')
        .append(Sparkline.HEIGHT)
        .append("\" role=\"img\" aria-label=\"")
        .append(escaped(line.text()))
        .append("\"><path d=\"")
        .append(line.path())
        .append("\"/></svg></td>");
  }

  /**
   * Text for elements and for attributes in quotation marks.
   *
   * @see <a href="https://html.spec.whatwg.org/multipage/named-characters.html">HTML: named
   *     character references</a>
   */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      switch (each) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(each);
      }
    }
    return escaped.toString();
  }

  private static String resource(String name) {
    try (InputStream in = StatusHtml.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The jar lacks " + name, e);
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
