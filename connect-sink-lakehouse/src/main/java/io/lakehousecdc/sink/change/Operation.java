// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What happened to a row at the source, by Debezium's {@code op} codes and two of the sink's own.
 */
public enum Operation {
  CREATE("c"),
  UPDATE("u"),
  DELETE("d"),
  READ("r"),
  TRUNCATE("t"),
  /**
   * Only stored, never received: the row was created under a key that another row still has, which
   * a deferrable constraint allows until the transaction ends. The next delete of the key in that
   * transaction takes the other row.
   */
  TAKEOVER("k"),
  /**
   * Only stored, never received: the row outlived the delete at its position, which took another
   * row of the key.
   */
  SURVIVAL("s");

  /** What an event can be. */
  public static final Set<Operation> RECEIVED =
      Collections.unmodifiableSet(EnumSet.range(CREATE, TRUNCATE));

  private final String code;

  Operation(String code) {
    this.code = code;
  }

  /** One letter. */
  public String code() {
    return code;
  }
}
