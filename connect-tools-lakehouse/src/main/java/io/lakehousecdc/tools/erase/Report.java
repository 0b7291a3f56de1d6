// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;

/**
 * What a run tells: in words, or as JSON. Holds no value of the rows.
 *
 * @param run identity of the run
 * @param table table in the target
 * @param hash salted hash of the key
 * @param found what was found
 * @param remains what of it is still there
 * @param searched places that were searched at the end
 * @param unchecked places that could not be
 * @param done whether something was to be changed
 */
record Report(
    String run,
    String table,
    KeyHash hash,
    List<Finding> found,
    List<Finding> remains,
    List<String> searched,
    List<String> unchecked,
    boolean done) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** For programs. */
  String json() {
    ObjectNode report = JSON.createObjectNode();
    report.put("run", run);
    report.put("table", table);
    report.put("key_hash", hash.hash());
    report.put("salt", hash.salt());
    report.put("erased", done);
    report.set("found", array(found));
    report.set("remains", array(remains));
    report.put("searched_count", searched.size());
    ArrayNode names = report.putArray("searched");
    searched.forEach(names::add);
    ArrayNode others = report.putArray("unchecked");
    unchecked.forEach(others::add);
    return text(report);
  }

  /** Findings as JSON. */
  static String json(Collection<Finding> findings) {
    return text(array(findings));
  }

  private static ArrayNode array(Collection<Finding> findings) {
    ArrayNode array = JSON.createArrayNode();
    for (Finding each : findings) {
      ObjectNode finding = array.addObject();
      finding.put("place", each.place().toString());
      finding.put("where", each.where());
      finding.put("count", each.count());
      each.remains().ifPresent(reason -> finding.put("remains", reason));
    }
    return array;
  }

  private static String text(Object node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree can be written", e);
    }
  }

  /** For people. */
  void print(PrintWriter out) {
    out.println("Table " + table + ", run " + run);
    out.println(found.isEmpty() ? "Nothing found." : "Found:");
    found.forEach(each -> out.println("  " + line(each)));
    if (!done) {
      out.println("Nothing is removed: this is a dry run.");
    } else if (!remains.isEmpty()) {
      out.println("Still there:");
      remains.forEach(
          each -> out.println("  " + line(each) + ": " + each.remains().orElse("still there")));
    } else if (!found.isEmpty()) {
      out.println("All of it is gone.");
    }
    out.println("Searched, " + searched.size() + ":");
    searched.forEach(each -> out.println("  " + each));
    if (!unchecked.isEmpty()) {
      out.println("Not searched:");
      unchecked.forEach(each -> out.println("  " + each));
    }
    out.flush();
  }

  private static String line(Finding finding) {
    String count = finding.count() > 0 ? finding.count() + " x " : "";
    return count + finding.place() + " in " + finding.where();
  }
}
