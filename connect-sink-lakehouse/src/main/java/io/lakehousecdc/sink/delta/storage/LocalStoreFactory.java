// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import io.lakehousecdc.sink.spi.TargetSettings;

/** The kind of stores that are local or mounted paths. */
public final class LocalStoreFactory implements StoreFactory {

  @Override
  public boolean serves(String scheme) {
    return scheme.isEmpty() || scheme.equals(LocalFileIO.SCHEME);
  }

  @Override
  public String resolve(String root) {
    return new LocalFileIO().resolve(root);
  }

  @Override
  public FileIO open(String root, TargetSettings settings, StoreFigures figures) {
    return new LocalFileIO();
  }
}
