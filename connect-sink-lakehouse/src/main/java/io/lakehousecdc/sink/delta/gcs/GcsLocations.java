// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.rest.ObjectLocations;
import io.lakehousecdc.sink.delta.rest.ObjectName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Locations in Google Cloud Storage: {@code gs://bucket/path}. */
record GcsLocations() implements ObjectLocations {
  static final String SCHEME = "gs";

  private static final Pattern LOCATION =
      Pattern.compile("(?i:gs)://([^/@?#]+)(?:/(.*))?", Pattern.DOTALL);

  @Override
  public String resolve(String location) {
    ObjectName name = name(ObjectLocations.decoded(location));
    return location(name.withKey(ObjectLocations.normalized(name.key())));
  }

  /**
   * @throws IllegalArgumentException the location is of another form
   */
  @Override
  public ObjectName name(String location) {
    Matcher matcher = LOCATION.matcher(location);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          location + " is no location in Google Cloud Storage: write gs://bucket/path");
    }
    String path = matcher.group(2);
    return new ObjectName(matcher.group(1), path == null ? "" : path);
  }

  @Override
  public String location(ObjectName name) {
    String root = SCHEME + "://" + name.bucket();
    return name.key().isEmpty() ? root : root + "/" + name.key();
  }
}
