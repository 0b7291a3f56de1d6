// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.delta.storage.StoreFactory;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.List;
import java.util.Optional;

/** The kind of stores that are buckets of Amazon S3, or of a store that speaks its protocol. */
public final class S3StoreFactory implements StoreFactory {
  /** How the names of directory buckets (S3 Express One Zone) end. */
  private static final String DIRECTORY_BUCKET = "--x-s3";

  /** The catalogue that is asked with the store's credentials, whoever hands out the store's. */
  private static final String GLUE = "glue";

  private static final String CATALOG = "delta.catalog";

  @Override
  public boolean serves(String scheme) {
    return S3Location.SCHEMES.contains(scheme);
  }

  @Override
  public List<Setting> settings() {
    return S3Settings.ALL;
  }

  @Override
  public List<SettingProblem> problems(TargetSettings settings) {
    return S3Settings.problems(settings);
  }

  @Override
  public String resolve(String root) {
    try {
      return S3Location.resolve(root);
    } catch (IllegalArgumentException e) {
      throw new FatalException("delta.root: " + e.getMessage(), e);
    }
  }

  @Override
  public FileIO open(String root, TargetSettings settings, StoreFigures figures) {
    return open(root, settings, figures, Optional.empty());
  }

  @Override
  public FileIO open(
      String root, TargetSettings settings, StoreFigures figures, StoreCredentials credentials) {
    if (S3Settings.hasCredentials(settings) && !GLUE.equals(settings.text(CATALOG))) {
      throw new FatalException(
          "Credentials are set for the store and taken from the catalogue, too: set"
              + " delta.unity.credentials to false, or remove delta.s3.access.key.id and its"
              + " secret, delta.s3.session.token and delta.s3.assume.role.*");
    }
    return open(root, settings, figures, Optional.of(credentials));
  }

  private FileIO open(
      String root,
      TargetSettings settings,
      StoreFigures figures,
      Optional<StoreCredentials> vended) {
    S3Location location = S3Location.of(resolve(root));
    if (location.bucket().endsWith(DIRECTORY_BUCKET)) {
      throw new FatalException(
          "delta.root: "
              + location.bucket()
              + " is a directory bucket (S3 Express One Zone), which does not list files in order."
              + " Name a general purpose bucket.");
    }
    S3Settings read = S3Settings.of(settings);
    return new S3FileIO(S3Connection.open(read), read, figures, vended);
  }
}
