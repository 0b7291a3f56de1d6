// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.IOException;

/** Adds to a request what proves who sends it. Thread-safe. */
@FunctionalInterface
public interface Signer {

  /**
   * The request as it is sent. Asked for each try, because signatures and tokens age.
   *
   * @throws IOException there are no credentials, or whoever gives tokens does not answer
   */
  Call sign(Call call) throws IOException;
}
