// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.rest.HandedOut;
import io.lakehousecdc.sink.delta.rest.HttpOptions;
import io.lakehousecdc.sink.delta.rest.ObjectFileIO;
import io.lakehousecdc.sink.delta.rest.RestClient;
import io.lakehousecdc.sink.delta.rest.Signer;
import io.lakehousecdc.sink.delta.rest.UsableCheck;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.delta.storage.StoreFactory;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.net.URI;
import java.time.Clock;
import java.util.List;

/** The kind of stores that are containers of Azure storage accounts. */
public final class AzureStoreFactory implements StoreFactory {

  @Override
  public boolean serves(String scheme) {
    return AzureLocations.SCHEMES.contains(scheme);
  }

  @Override
  public List<Setting> settings() {
    return AzureSettings.ALL;
  }

  @Override
  public List<SettingProblem> problems(TargetSettings settings) {
    return AzureSettings.problems(settings);
  }

  @Override
  public String resolve(String root) {
    return locations(root).resolve(root);
  }

  @Override
  public FileIO open(String root, TargetSettings settings, StoreFigures figures) {
    AzureLocations locations = locations(root);
    HttpOptions options = HttpOptions.of(AzureSettings.PREFIX, settings);
    return open(locations, settings, figures, signer(locations, settings, options));
  }

  @Override
  public FileIO open(
      String root, TargetSettings settings, StoreFigures figures, StoreCredentials credentials) {
    if (AzureSettings.hasCredentials(settings)) {
      throw new FatalException(
          "Credentials are set for the store and taken from the catalogue, too: set"
              + " delta.unity.credentials to false, or remove those in "
              + AzureSettings.PREFIX
              + "*");
    }
    AzureLocations locations = locations(root);
    return open(
        locations,
        settings,
        figures,
        new HandedOut(
            credentials,
            locations,
            (call, credential) -> {
              if (credential instanceof StoreCredential.AzureSas sas) {
                return call.to(withQuery(call.uri(), AzureSettings.sasToken(sas.token())));
              }
              throw HandedOut.unfit(credential);
            }));
  }

  private static FileIO open(
      AzureLocations locations, TargetSettings settings, StoreFigures figures, Signer signer) {
    HttpOptions options = HttpOptions.of(AzureSettings.PREFIX, settings);
    URI endpoint = endpoint(locations, settings);
    BlobStore store = new BlobStore(new RestClient(options, signer, figures), endpoint);
    BlobStore hasty = new BlobStore(new RestClient(options.hasty(), signer, figures), endpoint);
    return new ObjectFileIO(
        "azure",
        store,
        locations,
        new UsableCheck(hasty, locations, new AzureRemedies(locations.account(), endpoint)));
  }

  private static AzureLocations locations(String root) {
    try {
      return AzureLocations.ofRoot(root);
    } catch (IllegalArgumentException e) {
      throw new FatalException("delta.root " + e.getMessage(), e);
    }
  }

  private static URI endpoint(AzureLocations locations, TargetSettings settings) {
    String given = HttpOptions.text(settings, AzureSettings.ENDPOINT);
    if (given != null) {
      return AzureSettings.endpoint(given);
    }
    String connection = HttpOptions.text(settings, AzureSettings.CONNECTION_STRING);
    if (connection != null) {
      return ConnectionString.parse(connection).endpoint();
    }
    if (locations.suffix().isEmpty()) {
      throw new FatalException(
          "delta.root names the storage account "
              + locations.account()
              + " without its host: write "
              + locations.account()
              + ".dfs.core.windows.net, or set "
              + AzureSettings.ENDPOINT);
    }
    return AzureSettings.endpoint("https://" + locations.account() + ".blob" + locations.suffix());
  }

  private static Signer signer(
      AzureLocations locations, TargetSettings settings, HttpOptions options) {
    String key = HttpOptions.text(settings, AzureSettings.ACCOUNT_KEY);
    String sas = HttpOptions.text(settings, AzureSettings.SAS_TOKEN);
    String connection = HttpOptions.text(settings, AzureSettings.CONNECTION_STRING);
    if (connection != null) {
      ConnectionString parsed = ConnectionString.parse(connection);
      if (!parsed.account().equals(locations.account())) {
        throw new FatalException(
            AzureSettings.CONNECTION_STRING
                + " is of the storage account "
                + parsed.account()
                + ", but delta.root is in "
                + locations.account()
                + ": correct one of them");
      }
      key = parsed.accountKey().orElse(null);
      sas = parsed.sasToken().orElse(null);
    }
    if (key != null) {
      return new SharedKey(locations.account(), AzureSettings.accountKey(key), Clock.systemUTC());
    }
    if (sas != null) {
      String query = AzureSettings.sasToken(sas);
      return call -> call.to(withQuery(call.uri(), query));
    }
    return WorkerIdentity.of(HttpOptions.text(settings, AzureSettings.CLIENT_ID), options);
  }

  private static URI withQuery(URI uri, String query) {
    return URI.create(uri + (uri.getRawQuery() == null ? "?" : "&") + query);
  }
}
