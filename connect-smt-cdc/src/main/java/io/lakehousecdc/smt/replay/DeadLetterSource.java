// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import java.util.List;

/**
 * Dead letters that were there when the source was opened, each once. For one thread.
 *
 * <p>A batch is to be published before it is {@link #settle settled}: should the process die in
 * between, the next run publishes it a second time, and the sink recognises that by position.
 */
interface DeadLetterSource extends AutoCloseable {

  /** The next batch; empty at the end. The batch before it has been settled. */
  List<DeadLetter> next();

  /** The last batch has been published, as far as it can be: it is not to come again. */
  void settle();

  /** Letters that are not offered because they were replayed often enough. */
  default long exhausted() {
    return 0;
  }

  @Override
  void close();
}
