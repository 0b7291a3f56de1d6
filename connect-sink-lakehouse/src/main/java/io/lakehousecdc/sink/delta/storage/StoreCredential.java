// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.time.Instant;

/**
 * A credential that opens a part of a store for some time. Its text holds no secret. One record for
 * each form that stores know; immutable.
 */
public sealed interface StoreCredential {

  /** When the store ceases to accept it. */
  Instant expires();

  /** Keys of a session of Amazon S3, or of a store that speaks its protocol. */
  record S3Session(String accessKeyId, String secretAccessKey, String sessionToken, Instant expires)
      implements StoreCredential {
    @Override
    public String toString() {
      return "S3Session[expires=" + expires + "]";
    }
  }

  /** A shared access signature of Azure, without the question mark in front. */
  record AzureSas(String token, Instant expires) implements StoreCredential {
    @Override
    public String toString() {
      return "AzureSas[expires=" + expires + "]";
    }
  }

  /** An OAuth 2 access token of Google Cloud. */
  record GoogleToken(String token, Instant expires) implements StoreCredential {
    @Override
    public String toString() {
      return "GoogleToken[expires=" + expires + "]";
    }
  }
}
