// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.snapshot.RowFiles.Receiver;
import java.io.IOException;

/** Hands the rows of several readers to one receiver, and none after it has failed. Thread-safe. */
final class Turns implements Receiver {
  private final Receiver receiver;
  private IOException failure;

  Turns(Receiver receiver) {
    this.receiver = receiver;
  }

  /**
   * @throws IOException the receiver has failed, for this row or an earlier one
   */
  @Override
  public synchronized void row(LiveFile file, Object[] values) throws IOException {
    if (failure != null) {
      // Whichever reader is heard of first: it tells why.
      throw failure;
    }
    try {
      receiver.row(file, values);
    } catch (IOException e) {
      failure = e;
      throw e;
    } catch (RuntimeException | Error e) {
      failure = new IOException("A row could not be taken: " + e, e);
      throw e;
    }
  }
}
