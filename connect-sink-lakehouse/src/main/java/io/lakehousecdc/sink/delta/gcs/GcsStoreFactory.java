// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

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
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The kind of stores that are buckets of Google Cloud Storage. */
public final class GcsStoreFactory implements StoreFactory {

  @Override
  public boolean serves(String scheme) {
    return scheme.equals(GcsLocations.SCHEME);
  }

  @Override
  public List<Setting> settings() {
    return GcsSettings.ALL;
  }

  @Override
  public List<SettingProblem> problems(TargetSettings settings) {
    return GcsSettings.problems(settings);
  }

  @Override
  public String resolve(String root) {
    try {
      return new GcsLocations().resolve(root);
    } catch (IllegalArgumentException e) {
      throw new FatalException("delta.root " + e.getMessage(), e);
    }
  }

  @Override
  public FileIO open(String root, TargetSettings settings, StoreFigures figures) {
    return open(root, settings, figures, signer(settings));
  }

  @Override
  public FileIO open(
      String root, TargetSettings settings, StoreFigures figures, StoreCredentials credentials) {
    if (HttpOptions.text(settings, GcsSettings.CREDENTIALS_FILE) != null) {
      throw new FatalException(
          "Credentials are set for the store and taken from the catalogue, too: set"
              + " delta.unity.credentials to false, or remove "
              + GcsSettings.CREDENTIALS_FILE);
    }
    return open(
        root,
        settings,
        figures,
        new HandedOut(
            credentials,
            new GcsLocations(),
            (call, credential) -> {
              if (credential instanceof StoreCredential.GoogleToken token) {
                return call.with("authorization", "Bearer " + token.token());
              }
              throw HandedOut.unfit(credential);
            }));
  }

  private FileIO open(String root, TargetSettings settings, StoreFigures figures, Signer signer) {
    GcsLocations locations = new GcsLocations();
    resolve(root);
    HttpOptions options = HttpOptions.of(GcsSettings.PREFIX, settings);
    URI endpoint = GcsSettings.endpoint(settings);
    GcsStore store = store(options, endpoint, signer, settings, figures);
    GcsStore hasty = store(options.hasty(), endpoint, signer, settings, figures);
    return new ObjectFileIO(
        "gcs", store, locations, new UsableCheck(hasty, locations, new GcsRemedies(endpoint)));
  }

  private static GcsStore store(
      HttpOptions options,
      URI endpoint,
      Signer signer,
      TargetSettings settings,
      StoreFigures figures) {
    return new GcsStore(
        new RestClient(options, signer, figures),
        endpoint,
        Optional.ofNullable(HttpOptions.text(settings, GcsSettings.PROJECT_ID)));
  }

  private static Signer signer(TargetSettings settings) {
    Optional<Path> file =
        Optional.ofNullable(HttpOptions.text(settings, GcsSettings.CREDENTIALS_FILE)).map(Path::of);
    return file.isEmpty() && GcsSettings.endpoint(settings).getScheme().equals("http")
        ? call -> call
        : new GoogleSignIn(file, HttpOptions.of(GcsSettings.PREFIX, settings));
  }
}
