// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.TransactionInfo.End;
import java.util.List;
import java.util.Optional;

/** The receiver of records, in the order of each partition. */
public interface Outlet<R> {

  /** A record that belongs to no transaction, or to one that becomes visible in parts. */
  void pass(R record);

  /**
   * The records of a transaction, to be made visible together.
   *
   * @param reached the transaction, up to which everything of its source has been handed over;
   *     empty where an earlier one has told more
   */
  void transaction(List<R> records, Optional<End> reached);

  /** Something that an operator has to know. */
  void warn(String message);
}
