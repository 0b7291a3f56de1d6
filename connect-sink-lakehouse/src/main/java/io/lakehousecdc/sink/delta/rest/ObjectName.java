// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The name of an object.
 *
 * @param bucket bucket or container
 * @param key name in it, not encoded; empty for the bucket itself
 */
public record ObjectName(String bucket, String key) {
  /** The order in which stores list. */
  static final Comparator<String> BY_UTF_8 =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  /** What the names of all objects below this one begin with. */
  String below() {
    return key.isEmpty() ? "" : key + "/";
  }

  /** What the names of this object and its neighbours begin with. */
  String directory() {
    return key.substring(0, key.lastIndexOf('/') + 1);
  }

  /** The directory that this object is in; the bucket for one at its top. */
  ObjectName parent() {
    return withKey(key.substring(0, Math.max(0, key.lastIndexOf('/'))));
  }

  /** Another name in the same bucket. */
  public ObjectName withKey(String other) {
    return new ObjectName(bucket, other);
  }

  /**
   * A text as a part of a URI.
   *
   * @param kept characters besides letters, digits and {@code -._~} that stay as they are
   */
  public static String encoded(String text, String kept) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xFF);
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || "-._~".indexOf(c) >= 0;
      if (plain || kept.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%').append("%02X".formatted((int) c));
      }
    }
    return encoded.toString();
  }
}
