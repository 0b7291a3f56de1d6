// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.spi.StatusRow;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The format of the metadata domains that tell the status of tables, one for each connector, topic
 * and table: the cells of a {@link StatusRow} by column, without those that are NULL.
 */
public final class StatusDomain {
  private static final String PREFIX = "lakehousecdc.status.";

  private StatusDomain() {}

  /** Name of the domain of a connector's topic and table. */
  public static String name(String connector, Key key) {
    return prefix(connector) + encoded(key.topic()) + "/" + encoded(key.table().toString());
  }

  private static String prefix(String connector) {
    return PREFIX + encoded(connector) + "/";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** All status of a connector among a table's domains. */
  public static List<TableStatus> all(String connector, Map<String, String> domains) {
    String prefix = prefix(connector);
    return domains.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .map(entry -> status(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** The status among a table's domains; that of nothing where there is none. */
  public static TableStatus of(String connector, Key key, Map<String, String> domains) {
    String name = name(connector, key);
    String text = domains.get(name);
    return text == null ? TableStatus.none(key) : status(name, text);
  }

  private static TableStatus status(String name, String text) {
    JsonNode cells = DomainJson.parse(name, text);
    return StatusRow.status(column -> value(cells.get(column)));
  }

  private static Object value(JsonNode cell) {
    if (cell == null || cell.isNull()) {
      return null;
    }
    if (cell.isTextual()) {
      return cell.textValue();
    }
    return cell.isBoolean() ? (Object) cell.booleanValue() : (Object) cell.longValue();
  }

  /**
   * The cells of a row as text.
   *
   * @param cells as {@link StatusRow#cells} gives them
   */
  public static String text(Object[] cells) {
    ObjectNode node = DomainJson.MAPPER.createObjectNode();
    List<Column> columns = StatusRow.SCHEMA.columns();
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] != null) {
        node.set(columns.get(i).name(), DomainJson.MAPPER.valueToTree(cells[i]));
      }
    }
    return node.toString();
  }
}
