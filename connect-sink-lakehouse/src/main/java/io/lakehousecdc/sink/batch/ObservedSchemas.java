// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.schema.ObservedSchema;
import java.util.ArrayList;
import java.util.List;

/** Which columns the source's table had, as the events of a batch show it. Not thread-safe. */
final class ObservedSchemas {
  private final List<ObservedSchema> ended = new ArrayList<>();
  private RowSchema schema;
  private boolean read;
  private Position first;
  private Position last;

  /** Takes note of an event, where its place in the source's history is known. */
  void note(RowSchema from, ChangeInfo info, TransactionVisibility visibility) {
    boolean isRead = info.operation() == Operation.READ;
    if (visibility == TransactionVisibility.NONE && !isRead) {
      return;
    }
    Position at = info.position();
    if (from != schema || isRead != read) {
      if (from.sourceTable().isEmpty()) {
        return;
      }
      end();
      schema = from;
      read = isRead;
      first = at;
      last = at;
    } else if (last.isBelow(at)) {
      last = at;
    } else if (at.isBelow(first)) {
      first = at;
    }
  }

  /** All of them, in the order of arrival. */
  List<ObservedSchema> all() {
    end();
    return List.copyOf(ended);
  }

  private void end() {
    if (schema != null) {
      ended.add(new ObservedSchema(schema, first, last, read));
      schema = null;
    }
  }
}
