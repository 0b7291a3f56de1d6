// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * Which source an event comes from, as the event itself says. Parts that it does not tell are
 * empty.
 *
 * @param name {@code source.name}, the connector's {@code topic.prefix}
 * @param database {@code source.db}
 * @param connector {@code source.connector}, such as {@code postgresql}
 * @see <a
 *     href="https://debezium.io/documentation/reference/stable/connectors/postgresql.html">Debezium:
 *     the source block</a>
 */
public record SourceId(String name, String database, String connector) {

  /** A source that is not known. */
  public static final SourceId UNKNOWN = new SourceId("", "", "");

  @Override
  public String toString() {
    return this.equals(UNKNOWN) ? "(unknown)" : name + "/" + database;
  }
}
