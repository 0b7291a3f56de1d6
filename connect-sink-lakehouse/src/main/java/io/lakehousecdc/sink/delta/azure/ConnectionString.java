// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A connection string, as the portal shows it: {@code AccountName=…;AccountKey=…}.
 *
 * @param endpoint of the blob service
 * @param accountKey empty where it has a shared access signature
 * @param sasToken empty where it has a key
 */
record ConnectionString(
    String account, URI endpoint, Optional<String> accountKey, Optional<String> sasToken) {

  /**
   * @throws IllegalArgumentException it is none; the message holds nothing of it
   */
  static ConnectionString parse(String text) {
    Map<String, String> parts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String part : text.split(";")) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        parts.put(part.substring(0, equals).trim(), part.substring(equals + 1).trim());
      }
    }
    String account = parts.get("AccountName");
    Optional<String> key = Optional.ofNullable(parts.get("AccountKey"));
    Optional<String> sas = Optional.ofNullable(parts.get("SharedAccessSignature"));
    if (account == null || key.isPresent() == sas.isPresent()) {
      throw new IllegalArgumentException(
          "has to have AccountName, and either AccountKey or SharedAccessSignature, as in"
              + " AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net");
    }
    String endpoint = parts.get("BlobEndpoint");
    if (endpoint == null) {
      endpoint =
          parts.getOrDefault("DefaultEndpointsProtocol", "https")
              + "://"
              + account
              + ".blob."
              + parts.getOrDefault("EndpointSuffix", "core.windows.net");
    }
    return new ConnectionString(account, AzureSettings.endpoint(endpoint), key, sas);
  }

  @Override
  public String toString() {
    return "ConnectionString[" + account + "]";
  }
}
