// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The mapping of source tables to target tables. Immutable. */
public final class TableNaming {
  /** Default of {@code table.name.format}. */
  public static final String DEFAULT_FORMAT = "${source.schema}.${source.table}";

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
  private static final List<String> VARIABLES =
      List.of("source.db", "source.schema", "source.table", "topic");

  private final String schemaFormat;
  private final String nameFormat;
  private final Map<String, TableId> exceptions;

  private TableNaming(String schemaFormat, String nameFormat, Map<String, TableId> exceptions) {
    this.schemaFormat = schemaFormat;
    this.nameFormat = nameFormat;
    this.exceptions = Map.copyOf(exceptions);
  }

  /**
   * Parses the settings.
   *
   * @param format {@code table.name.format}: a table name, or schema and table name separated by
   *     one dot, with the variables <code>${source.db}</code>, <code>${source.schema}</code>,
   *     <code>
   *     ${source.table}</code> and <code>${topic}</code> (whose dots become underscores)
   * @param map {@code table.name.map}: {@code source.table:target.table,…}; may be null or blank
   * @throws IllegalArgumentException with a message for the user, if either is malformed
   */
  public static TableNaming parse(String format, String map) {
    String text = format == null || format.isBlank() ? DEFAULT_FORMAT : format.strip();
    String literal =
        VARIABLE
            .matcher(text)
            .replaceAll(
                variable -> {
                  if (!VARIABLES.contains(variable.group(1))) {
                    throw new IllegalArgumentException(
                        "table.name.format: no variable is named ${%s}. Use one of %s."
                            .formatted(variable.group(1), VARIABLES));
                  }
                  return "_".repeat(variable.group().length());
                });
    if (literal.contains("${")) {
      throw new IllegalArgumentException(
          "table.name.format: a variable is not closed in '%s'. Write ${source.table}."
              .formatted(text));
    }
    int dot = literal.indexOf('.');
    if (dot != literal.lastIndexOf('.') || dot == 0 || dot == literal.length() - 1) {
      throw new IllegalArgumentException(
          "table.name.format: '%s' is not <table> or <schema>.<table>.".formatted(text));
    }
    return new TableNaming(
        dot < 0 ? "" : text.substring(0, dot), text.substring(dot + 1), parseMap(map));
  }

  private static Map<String, TableId> parseMap(String map) {
    Map<String, TableId> exceptions = new LinkedHashMap<>();
    for (String entry : SettingList.split(map, ",")) {
      int colon = entry.indexOf(':');
      String source = colon < 0 ? "" : entry.substring(0, colon).strip();
      String target = colon < 0 ? "" : entry.substring(colon + 1).strip();
      int dot = target.indexOf('.');
      if (source.isEmpty()
          || target.isEmpty()
          || dot == 0
          || dot == target.length() - 1
          || dot != target.lastIndexOf('.')) {
        throw new IllegalArgumentException(
            "table.name.map: '%s' is not <source schema>.<table>:<target schema>.<table>."
                .formatted(entry));
      }
      TableId id = new TableId(dot < 0 ? "" : target.substring(0, dot), target.substring(dot + 1));
      if (exceptions.put(source, id) != null) {
        throw new IllegalArgumentException(
            "table.name.map: the source table %s is named twice.".formatted(source));
      }
    }
    return exceptions;
  }

  /**
   * The target table of a source table.
   *
   * @throws DecodeException the source table does not tell what its name is made of
   */
  public TableId table(SourceTable source, String topic) {
    TableId exception = exceptions.get(source.toString());
    if (exception != null) {
      return exception;
    }
    String name = render(nameFormat, source, topic);
    if (name.isEmpty()) {
      throw new DecodeException(
          "table.name.format gives an empty name for source table "
              + source
              + ". Change the format or add the table to table.name.map.");
    }
    return new TableId(render(schemaFormat, source, topic), name);
  }

  private static String render(String format, SourceTable source, String topic) {
    return VARIABLE
        .matcher(format)
        .replaceAll(
            variable ->
                Matcher.quoteReplacement(
                    switch (variable.group(1)) {
                      case "source.db" -> database(source);
                      case "source.schema" -> source.schema();
                      case "source.table" -> source.name();
                      default -> topic.replace('.', '_');
                    }));
  }

  private static String database(SourceTable source) {
    if (source.database().isEmpty()) {
      throw new DecodeException(
          "table.name.format uses ${source.db}, which the record does not tell. Send records with"
              + " their source block, or add db to add.fields of ExtractNewRecordState.");
    }
    return source.database();
  }
}
