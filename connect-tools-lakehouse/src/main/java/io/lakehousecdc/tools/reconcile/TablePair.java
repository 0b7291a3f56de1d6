// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A table of the source and the target's table that is to equal it.
 *
 * @param source name at the source
 * @param topic topic that feeds the target's table
 * @param target name in the target
 * @param keys columns of the key, at least one
 * @param values columns outside of the key that are compared
 * @param uncompared the source's other columns, with the reason for which they are not compared
 */
record TablePair(
    TableId source,
    String topic,
    TableId target,
    List<ComparedColumn> keys,
    List<ComparedColumn> values,
    Map<String, String> uncompared) {

  /** Key columns, then the others: the order of a row's hashes and texts. */
  List<ComparedColumn> columns() {
    return Stream.concat(keys.stream(), values.stream()).toList();
  }
}
