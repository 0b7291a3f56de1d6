// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Signs requests with credentials that another service hands out, for the object, or the names
 * listed, that each request is about. Thread-safe.
 */
public final class VendedSigner implements Signer {
  private final StoreCredentials credentials;
  private final ObjectLocations locations;
  private final Form form;

  /** What a kind of store has to do with such a credential. */
  public interface Form {

    /** What a request is about; empty where its address alone opens the store. */
    Optional<ObjectName> subject(URI uri);

    /** The request with the credential; empty where that is of another kind of store. */
    Optional<Call> signed(Call call, StoreCredential credential);
  }

  public VendedSigner(StoreCredentials credentials, ObjectLocations locations, Form form) {
    this.credentials = credentials;
    this.locations = locations;
    this.form = form;
  }

  @Override
  public Call sign(Call call) throws IOException {
    Optional<ObjectName> subject = form.subject(call.uri());
    if (subject.isEmpty()) {
      return call;
    }
    String location = locations.location(subject.get());
    StoreCredential credential;
    try {
      credential = credentials.of(location);
    } catch (IOException e) {
      throw new SignInException(e.getMessage(), e);
    }
    return form.signed(call, credential)
        .orElseThrow(
            () ->
                new SignInException(
                    "The catalogue hands out a credential of another kind of store for "
                        + location
                        + ": set delta.unity.credentials to false, and the store's own credentials",
                    null));
  }

  /** Value of a parameter in the query of an address. */
  public static Optional<String> parameter(URI uri, String name) {
    if (uri.getRawQuery() == null) {
      return Optional.empty();
    }
    for (String parameter : uri.getRawQuery().split("&")) {
      if (parameter.startsWith(name + "=")) {
        return Optional.of(decoded(parameter.substring(name.length() + 1)));
      }
    }
    return Optional.empty();
  }

  /** A percent-encoded part of an address. */
  public static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
