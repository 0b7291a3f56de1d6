// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import io.debezium.connector.AbstractSourceInfo;
import io.debezium.pipeline.txmetadata.TransactionStructMaker;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;

/**
 * Recognises what arrives beside row events. By its fields, what Debezium writes: a heartbeat is
 * only {@code {ts_ms}}, a transaction boundary has status, id and event count. By its schema's
 * name, a dead letter that an earlier transform has made.
 */
public final class ServiceMessages {
  /** Schema name of the record that stands for a bad one; a sink's contract. */
  public static final String DEAD_LETTER = "io.lakehousecdc.DeadLetter";

  private static final Set<String> TRANSACTION =
      Set.of(
          TransactionStructMaker.DEBEZIUM_TRANSACTION_STATUS_KEY,
          TransactionStructMaker.DEBEZIUM_TRANSACTION_ID_KEY,
          TransactionStructMaker.DEBEZIUM_TRANSACTION_EVENT_COUNT_KEY);

  private ServiceMessages() {}

  /** Whether values of this struct schema are no row events. */
  public static boolean isServiceMessage(Schema schema) {
    boolean heartbeat =
        schema.fields().size() == 1 && schema.field(AbstractSourceInfo.TIMESTAMP_KEY) != null;
    return heartbeat
        || DEAD_LETTER.equals(schema.name())
        || TRANSACTION.stream().allMatch(name -> schema.field(name) != null);
  }

  /** Whether this schemaless value is a heartbeat or a transaction boundary. */
  public static boolean isServiceMessage(Map<?, ?> value) {
    boolean heartbeat = value.size() == 1 && value.containsKey(AbstractSourceInfo.TIMESTAMP_KEY);
    return heartbeat || value.keySet().containsAll(TRANSACTION);
  }
}
