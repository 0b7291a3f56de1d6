// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.rest.ObjectLocations;
import io.lakehousecdc.sink.delta.rest.ObjectName;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Locations in a storage account, as Hadoop's drivers for Azure write them: {@code
 * abfss://container@account.dfs.core.windows.net/path}. Those of the drivers abfs and wasbs, which
 * name the same files, become that.
 *
 * @param account name of the account
 * @param suffix what follows the account and {@code .dfs} in the name of its host, such as {@code
 *     .core.windows.net}; empty where the root names the account only
 */
record AzureLocations(String account, String suffix) implements ObjectLocations {
  static final Set<String> SCHEMES = Set.of("abfss", "abfs", "wasbs");

  private static final Pattern LOCATION =
      Pattern.compile(
          "(?i:abfss|abfs|wasbs)://([^/@]+)@([a-z0-9]+)(?:\\.(?:dfs|blob)(\\.[^/:]+))?(?:/(.*))?",
          Pattern.DOTALL);

  /**
   * The account that a root is in.
   *
   * @throws IllegalArgumentException the root is of another form
   */
  static AzureLocations ofRoot(String root) {
    Matcher matcher = parsed(root);
    return new AzureLocations(matcher.group(2), suffix(matcher));
  }

  @Override
  public String resolve(String location) {
    ObjectName name = name(ObjectLocations.decoded(location));
    return location(name.withKey(ObjectLocations.normalized(name.key())));
  }

  @Override
  public ObjectName name(String location) {
    Matcher matcher = parsed(location);
    if (!matcher.group(2).equals(account) || !suffix(matcher).equals(suffix)) {
      throw new IllegalArgumentException(
          location + " is not in the storage account of delta.root, " + account);
    }
    String path = matcher.group(4);
    return new ObjectName(matcher.group(1), path == null ? "" : path);
  }

  @Override
  public String location(ObjectName name) {
    String root =
        "abfss://" + name.bucket() + "@" + account + (suffix.isEmpty() ? "" : ".dfs" + suffix);
    return name.key().isEmpty() ? root : root + "/" + name.key();
  }

  private static String suffix(Matcher matcher) {
    return matcher.group(3) == null ? "" : matcher.group(3);
  }

  private static Matcher parsed(String location) {
    Matcher matcher = LOCATION.matcher(location);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          location
              + " is no location in Azure: write"
              + " abfss://container@account.dfs.core.windows.net/path");
    }
    return matcher;
  }
}
