// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.ObjectName;
import io.lakehousecdc.sink.delta.rest.VendedSigner;
import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredential.GoogleToken;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How requests to Google Cloud Storage take an access token that another service hands out. The
 * address of an upload in parts is its own permission, and need not name the object.
 */
record VendedToken() implements VendedSigner.Form {
  private static final Pattern PATH =
      Pattern.compile(".*/storage/v1/b/([^/]+)/o(?:/([^/]+))?", Pattern.DOTALL);

  @Override
  public Optional<ObjectName> subject(URI uri) {
    Matcher path = PATH.matcher(uri.getRawPath());
    if (!path.matches()) {
      return Optional.empty();
    }
    String bucket = VendedSigner.decoded(path.group(1));
    if (path.group(2) != null) {
      return Optional.of(new ObjectName(bucket, VendedSigner.decoded(path.group(2))));
    }
    return VendedSigner.parameter(uri, "name")
        .or(() -> VendedSigner.parameter(uri, "prefix"))
        .map(key -> new ObjectName(bucket, key));
  }

  @Override
  public Optional<Call> signed(Call call, StoreCredential credential) {
    return credential instanceof GoogleToken token
        ? Optional.of(call.with("authorization", "Bearer " + token.token()))
        : Optional.empty();
  }
}
