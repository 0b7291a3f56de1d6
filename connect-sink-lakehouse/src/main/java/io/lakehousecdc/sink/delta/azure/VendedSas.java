// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.ObjectName;
import io.lakehousecdc.sink.delta.rest.VendedSigner;
import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredential.AzureSas;
import java.net.URI;
import java.util.Optional;

/**
 * How requests to Azure's blob service take a shared access signature that another service hands
 * out.
 *
 * @param endpoint address of the service, without a slash at the end
 */
record VendedSas(URI endpoint) implements VendedSigner.Form {

  @Override
  public Optional<ObjectName> subject(URI uri) {
    String path = uri.getRawPath().substring(endpoint.getRawPath().length() + 1);
    int slash = path.indexOf('/');
    String container = VendedSigner.decoded(slash < 0 ? path : path.substring(0, slash));
    String key =
        slash < 0
            ? VendedSigner.parameter(uri, "prefix").orElse("")
            : VendedSigner.decoded(path.substring(slash + 1));
    return Optional.of(new ObjectName(container, key));
  }

  @Override
  public Optional<Call> signed(Call call, StoreCredential credential) {
    return credential instanceof AzureSas sas
        ? Optional.of(
            call.to(AzureStoreFactory.withQuery(call.uri(), AzureSettings.sasToken(sas.token()))))
        : Optional.empty();
  }
}
