// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.decode.table.Layout.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The test which fields of a flattened row are metadata that {@code ExtractNewRecordState} has
 * added, and not columns of the source. A name alone does not tell: a table may have a column
 * {@code __deleted}. So a field is metadata only if
 *
 * <ul>
 *   <li>it has the name of metadata that the sink reads ({@code add.fields}), or {@code __deleted},
 *       which the transform names so whatever the prefix is;
 *   <li>it has the type that the transform gives it: LSNs and times are integers, the rest text;
 *   <li>with a schema, it is in the last unbroken row of fields with such names, because the
 *       transform adds them all together, behind the columns;
 *   <li>among them is one that gives the operation, the position or the table.
 * </ul>
 *
 * <p>Immutable.
 */
public final class FlatFields {
  /** The field that {@code delete.tombstone.handling.mode=rewrite} adds, whatever the prefix. */
  public static final String DELETED = "__deleted";

  private static final String SOURCE = "source_";

  /** Members of the source block that are text. */
  private static final List<String> TEXTS =
      List.of("sequence", "snapshot", "db", "schema", "table", "name", "connector");

  /** Of these the short names mean the time of emission, which the sink does not use. */
  private static final List<String> TIMES = List.of("ts_ms", "ts_us", "ts_ns");

  /** Short names that are taken for metadata without a prefix, too: few columns have them. */
  private static final Set<String> TAKEN_WITHOUT_PREFIX = Set.of("sequence", "snapshot", "lsn");

  /** Short names of other fields that may stand between metadata where there is no prefix. */
  private static final Set<String> BETWEEN =
      Set.of(
          "db",
          "schema",
          "table",
          "name",
          "connector",
          "version",
          "txId",
          "xmin",
          "origin",
          "origin_lsn",
          "ts_ms",
          "ts_us",
          "ts_ns");

  private final String prefix;
  private final Map<String, Kind> kinds = new HashMap<>();
  private final Set<String> anchors = new HashSet<>();

  /**
   * @param prefix {@code add.fields.prefix} of the transform; may be empty
   */
  public FlatFields(String prefix) {
    this.prefix = prefix;
    kinds.put(DELETED, Kind.TEXT);
    kinds.put(prefix + "op", Kind.TEXT);
    TEXTS.forEach(name -> add(name, Kind.TEXT));
    TIMES.forEach(name -> add(name, Kind.INTEGER));
    add("lsn", Kind.INTEGER);
    anchors.add(DELETED);
    anchors.add(prefix + "op");
    for (String name : List.of("sequence", "lsn", "table")) {
      anchors.add(prefix + SOURCE + name);
      anchors.add(prefix + name);
    }
  }

  private void add(String name, Kind kind) {
    kinds.put(prefix + SOURCE + name, kind);
    if (!prefix.isEmpty() || TAKEN_WITHOUT_PREFIX.contains(name)) {
      kinds.put(prefix + name, kind);
    }
  }

  /** What precedes the names of metadata fields and headers. */
  public String prefix() {
    return prefix;
  }

  /**
   * The names of the metadata fields of a row; none if the transform has added none.
   *
   * @param row a row of this layout; looked at only where there is no schema
   */
  public Set<String> of(Layout layout, Object row) {
    Set<String> found = Set.of();
    List<String> run = new ArrayList<>();
    boolean isOrdered = layout instanceof Layout.OfStruct;
    for (String name : layout.names()) {
      if (isOrdered && !belongs(name)) {
        found = metadata(run, found);
        run.clear();
      } else if (isMetadata(layout, name, row)) {
        run.add(name);
      }
    }
    return metadata(run, found);
  }

  private Set<String> metadata(List<String> run, Set<String> before) {
    return run.stream().anyMatch(anchors::contains) ? Set.copyOf(run) : before;
  }

  /** Whether a field of this name does not end a row of metadata. */
  private boolean belongs(String name) {
    return prefix.isEmpty()
        ? kinds.containsKey(name) || BETWEEN.contains(name) || name.startsWith(SOURCE)
        : name.startsWith(prefix) || name.equals(DELETED);
  }

  /** The transform never leaves the operation and the mark of a delete empty. */
  private boolean isMetadata(Layout layout, String name, Object row) {
    Kind expected = kinds.get(name);
    if (expected == null) {
      return false;
    }
    Kind kind = layout.kind(name, row);
    return name.equals(DELETED) || name.equals(prefix + "op")
        ? kind == expected
        : kind.mayBe(expected);
  }
}
