// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import io.debezium.connector.AbstractSourceInfo;
import io.debezium.pipeline.txmetadata.TransactionStructMaker;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;

/**
 * The test for records that are not row events. Debezium's are recognised by their fields: a
 * heartbeat has only {@code {ts_ms}}, a transaction boundary has status, id and event count. A dead
 * letter made by an earlier transform is recognised by its schema's name.
 */
public final class ServiceMessages {
  /** Schema name of the record that replaces an invalid one; part of the contract with the sink. */
  public static final String DEAD_LETTER = "io.lakehousecdc.DeadLetter";

  private static final Set<String> TRANSACTION =
      Set.of(
          TransactionStructMaker.DEBEZIUM_TRANSACTION_STATUS_KEY,
          TransactionStructMaker.DEBEZIUM_TRANSACTION_ID_KEY,
          TransactionStructMaker.DEBEZIUM_TRANSACTION_EVENT_COUNT_KEY);

  private ServiceMessages() {}

  /** Whether values of this struct schema are not row events. */
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
