// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.List;

/**
 * A kind of store, found through {@link java.util.ServiceLoader}. Stateless, with a public
 * constructor without parameters.
 */
public interface StoreFactory {

  /**
   * Whether stores of this kind serve locations of the scheme.
   *
   * @param scheme lower case; empty for a plain path
   */
  boolean serves(String scheme);

  /** Settings of this kind, named {@code delta.<kind>.…}; documented for users. */
  default List<Setting> settings() {
    return List.of();
  }

  /** What is wrong with these settings, as far as they tell by themselves. Asks no store. */
  default List<SettingProblem> problems(TargetSettings settings) {
    return List.of();
  }

  /**
   * A root in the form that {@link FileIO#resolve} of its store makes. Asks no store.
   *
   * @param root {@code delta.root} as it was given, of a scheme that this kind serves
   * @throws FatalException it is none of a store of this kind
   */
  String resolve(String root);

  /**
   * Opens the store of a root. Needs no answer of it: {@link FileIO#requireUsable} asks.
   *
   * @param root {@code delta.root} as it was given, of a scheme that this kind serves
   * @param figures what is told of each request
   * @throws FatalException the settings do not describe a store
   */
  FileIO open(String root, TargetSettings settings, StoreFigures figures);

  /**
   * Opens the store of a root with credentials that another service hands out.
   *
   * @throws FatalException this kind of store takes none, or the settings do not describe a store
   */
  default FileIO open(
      String root, TargetSettings settings, StoreFigures figures, StoreCredentials credentials) {
    throw new FatalException(
        "Credentials for the store cannot be taken from a catalogue (delta.unity.credentials=true):"
            + " that kind of store has no use for them. Set delta.unity.credentials to false, and"
            + " the store's own credentials.");
  }
}
