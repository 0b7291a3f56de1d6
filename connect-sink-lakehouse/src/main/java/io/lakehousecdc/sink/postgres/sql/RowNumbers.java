// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Numbers of staged rows in a statement. They are a part of its text, because PostgreSQL looks
 * constants up in a hash table, but goes through an array parameter for each row as soon as it has
 * a plan for all parameters. Such a statement is not worth preparing. Immutable.
 */
public record RowNumbers(Collection<Integer> numbers) {

  /** The condition that a column has one of the numbers. */
  String include(String column) {
    return numbers.stream()
        .map(String::valueOf)
        .collect(Collectors.joining(",", column + " = ANY ('{", "}'::integer[])"));
  }
}
