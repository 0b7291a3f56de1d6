// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.RowSchema;
import java.util.List;

/** The schema of a batch: the union of those that its rows came in. Not thread-safe. */
final class GrowingSchema {
  private static final RowSchema EMPTY = new RowSchema(List.of(), List.of());

  private RowSchema union;

  /** Whether rows of {@code incoming} can be aligned to a union with what is here. */
  boolean accepts(RowSchema incoming) {
    return union == null || union == incoming || SchemaUnion.of(union, incoming).isPresent();
  }

  /** Takes a schema in that is accepted. */
  void add(RowSchema incoming) {
    if (union == null) {
      union = incoming;
    } else if (union != incoming) {
      union =
          SchemaUnion.of(union, incoming)
              .orElseThrow(() -> new IllegalStateException("Not accepted: " + incoming));
    }
  }

  /** The union; without columns where none was added. */
  RowSchema union() {
    return union == null ? EMPTY : union;
  }
}
