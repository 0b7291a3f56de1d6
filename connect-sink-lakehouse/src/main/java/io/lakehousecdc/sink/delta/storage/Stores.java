// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import io.lakehousecdc.sink.error.FatalException;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** The stores that there are, found by location. */
public final class Stores {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

  private Stores() {}

  /**
   * The store that serves the location's scheme.
   *
   * @throws FatalException there is none on the class path
   */
  public static FileIO forLocation(String location) {
    return choose(
        location,
        StreamSupport.stream(
                ServiceLoader.load(FileIO.class, FileIO.class.getClassLoader()).spliterator(),
                false)
            .toList());
  }

  static FileIO choose(String location, List<FileIO> stores) {
    String scheme = scheme(location);
    return stores.stream()
        .filter(store -> store.serves(scheme))
        .findFirst()
        .orElseThrow(
            () ->
                new FatalException(
                    "No store for "
                        + scheme
                        + ": locations ("
                        + withoutCredentials(location)
                        + "). This build writes Delta tables to local or mounted paths. Set"
                        + " delta.root to such a path, or put a jar on the plugin path that"
                        + " implements "
                        + FileIO.class.getName()
                        + " for "
                        + scheme
                        + ": with an atomic put-if-absent, named in META-INF/services."));
  }

  private static String scheme(String location) {
    Matcher matcher = SCHEME.matcher(location);
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
  }

  private static String withoutCredentials(String location) {
    return location.replaceFirst("//[^/@]*@", "//");
  }
}
