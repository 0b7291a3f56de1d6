// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StringType;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.tools.removal.CellText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values of erased rows, as the least and the greatest of a file may show them. Files that are
 * gone already cannot be asked whether they had the rows: of these, the bounds count if they leave
 * room for the key and show all of it, or a text that few rows have.
 */
final class FileBounds {
  /** Bounds of texts are cut by most writers, and the greatest then gets another character. */
  private static final int CUT = 32;

  /** Shorter texts are codes that many rows have. */
  private static final int DISTINCTIVE = 6;

  private final Map<String, DataType> types = new HashMap<>();
  private final Map<String, Object> key;
  private final Map<String, Set<Object>> values = new HashMap<>();
  private final Set<String> holders = new HashSet<>();
  private Set<String> active = Set.of();

  /**
   * @param columns columns of the table with values of the source
   * @param key values that the rows have, by physical name
   */
  FileBounds(List<DeltaColumn> columns, Map<String, Object> key) {
    columns.forEach(column -> types.put(column.physicalName(), column.type()));
    this.key = key;
    key.forEach(this::add);
  }

  /** Values of a row. */
  void add(List<DeltaColumn> columns, Object[] cells) {
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] != null && types.containsKey(columns.get(i).physicalName())) {
        add(columns.get(i).physicalName(), CellText.comparable(cells[i]));
      }
    }
  }

  private void add(String column, Object value) {
    values.computeIfAbsent(column, each -> new HashSet<>()).add(value);
  }

  /** A file has had such rows. */
  void holds(String fileName) {
    holders.add(fileName);
  }

  /** The files that the table consists of, which were searched: theirs are values of other rows. */
  void active(Set<String> fileNames) {
    active = Set.copyOf(fileNames);
  }

  /**
   * Whether the statistics of a file show something of the rows.
   *
   * @param fileName last part of its path
   */
  boolean showsIn(String fileName, JsonNode statistics) {
    if (holders.contains(fileName)) {
      return types.keySet().stream()
          .anyMatch(column -> isBound(statistics, column, values.getOrDefault(column, Set.of())));
    }
    if (active.contains(fileName) || !leavesRoomForKey(statistics)) {
      return false;
    }
    boolean showsKey =
        !key.isEmpty()
            && key.entrySet().stream()
                .allMatch(each -> isBound(statistics, each.getKey(), Set.of(each.getValue())));
    return showsKey
        || values.entrySet().stream()
            .filter(each -> types.get(each.getKey()) instanceof StringType)
            .anyMatch(each -> isBound(statistics, each.getKey(), distinctive(each.getValue())));
  }

  /** Whether a text, such as a commit's account of itself, has a text of the rows in it. */
  boolean isQuotedIn(String text) {
    return values.entrySet().stream()
        .filter(each -> types.get(each.getKey()) instanceof StringType)
        .flatMap(each -> distinctive(each.getValue()).stream())
        .anyMatch(value -> text.contains((String) value));
  }

  private static Set<Object> distinctive(Set<Object> texts) {
    Set<Object> few = new HashSet<>(texts);
    few.removeIf(text -> ((String) text).length() < DISTINCTIVE);
    return few;
  }

  private boolean isBound(JsonNode statistics, String column, Set<Object> wanted) {
    return wanted.stream()
        .anyMatch(
            value ->
                isBound(statistics.path("minValues").path(column), column, value)
                    || isBound(statistics.path("maxValues").path(column), column, value));
  }

  private boolean isBound(JsonNode bound, String column, Object value) {
    if (!bound.isValueNode() || bound.isNull()) {
      return false;
    }
    if (value instanceof String text) {
      String shown = bound.asText();
      int length = shown.codePointCount(0, shown.length());
      return shown.equals(text)
          || length >= CUT && text.startsWith(shown.substring(0, shown.offsetByCodePoints(0, CUT)));
    }
    return value.equals(parsed(bound, column).orElse(null));
  }

  private Optional<Object> parsed(JsonNode bound, String column) {
    try {
      return Optional.ofNullable(CellText.value(types.get(column), bound.asText()));
    } catch (IllegalArgumentException e) {
      // Of types whose bounds have a form of their own.
      return Optional.empty();
    }
  }

  private boolean leavesRoomForKey(JsonNode statistics) {
    return key.entrySet().stream()
        .allMatch(
            each ->
                order(statistics.path("minValues").path(each.getKey()), each) <= 0
                    && order(statistics.path("maxValues").path(each.getKey()), each) >= 0);
  }

  /** Of a bound against the key; 0 where it cannot be told. */
  private int order(JsonNode bound, Map.Entry<String, Object> wanted) {
    if (!bound.isValueNode() || bound.isNull()) {
      return 0;
    }
    Optional<Object> parsed = parsed(bound, wanted.getKey());
    return parsed.isPresent()
            && parsed.get() instanceof Comparable<?>
            && parsed.get().getClass() == wanted.getValue().getClass()
        ? compare(parsed.get(), wanted.getValue())
        : 0;
  }

  @SuppressWarnings("unchecked")
  private static int compare(Object one, Object other) {
    return ((Comparable<Object>) one).compareTo(other);
  }
}
