// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import java.io.IOException;
import java.nio.file.AccessDeniedException;

/** Signs requests with credentials that another service hands out, by location. */
public final class HandedOut implements Signer {

  /** How a store's requests carry a credential. */
  public interface Form {
    /**
     * @throws SignInException the credential is of another form
     */
    Call sign(Call call, StoreCredential credential) throws SignInException;
  }

  private final StoreCredentials credentials;
  private final ObjectLocations locations;
  private final Form form;

  public HandedOut(StoreCredentials credentials, ObjectLocations locations, Form form) {
    this.credentials = credentials;
    this.locations = locations;
    this.form = form;
  }

  @Override
  public Call sign(Call call) throws IOException {
    String key = ObjectLocations.normalized(call.name().key());
    try {
      return form.sign(call, credentials.of(locations.location(call.name().withKey(key))));
    } catch (AccessDeniedException e) {
      throw SignInException.refused(
          "The catalogue gives no credential for the store: " + e.getMessage(), e);
    }
  }

  /** A credential that the store has no use for. */
  public static SignInException unfit(StoreCredential credential) {
    return SignInException.refused(
        "The catalogue gives a credential of another store: "
            + credential.getClass().getSimpleName(),
        null);
  }
}
