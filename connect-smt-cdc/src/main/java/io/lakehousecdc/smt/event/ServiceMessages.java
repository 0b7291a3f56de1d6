package io.lakehousecdc.smt.event;

import io.debezium.connector.AbstractSourceInfo;
import io.debezium.pipeline.txmetadata.TransactionStructMaker;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;

/**
 * Recognises what Debezium writes beside row events, by its fields: a heartbeat is only {@code
 * {ts_ms}}, a transaction boundary has status, id and event count.
 */
public final class ServiceMessages {
  private static final Set<String> TRANSACTION =
      Set.of(
          TransactionStructMaker.DEBEZIUM_TRANSACTION_STATUS_KEY,
          TransactionStructMaker.DEBEZIUM_TRANSACTION_ID_KEY,
          TransactionStructMaker.DEBEZIUM_TRANSACTION_EVENT_COUNT_KEY);

  private ServiceMessages() {}

  /** Whether values of this struct schema are heartbeats or transaction boundaries. */
  public static boolean isServiceMessage(Schema schema) {
    boolean heartbeat =
        schema.fields().size() == 1 && schema.field(AbstractSourceInfo.TIMESTAMP_KEY) != null;
    return heartbeat || TRANSACTION.stream().allMatch(name -> schema.field(name) != null);
  }

  /** Whether this schemaless value is a heartbeat or a transaction boundary. */
  public static boolean isServiceMessage(Map<?, ?> value) {
    boolean heartbeat = value.size() == 1 && value.containsKey(AbstractSourceInfo.TIMESTAMP_KEY);
    return heartbeat || value.keySet().containsAll(TRANSACTION);
  }
}
