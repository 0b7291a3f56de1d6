// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;

/**
 * The place of an object, or of those whose keys begin alike.
 *
 * @param key without a slash at either end; empty for the bucket itself
 */
record S3Location(String bucket, String key) {
  /** Names of the one protocol; the latter two are those of Hadoop's clients. */
  static final Set<String> SCHEMES = Set.of("s3", "s3a", "s3n");

  private static final String PREFIX = "s3://";

  /**
   * Reads a location in the form that {@link #resolve} makes.
   *
   * @throws IllegalArgumentException it is not in that form
   */
  static S3Location of(String location) {
    if (!location.startsWith(PREFIX)) {
      throw new IllegalArgumentException(location + " is no location in S3");
    }
    int slash = location.indexOf('/', PREFIX.length());
    return slash < 0
        ? new S3Location(location.substring(PREFIX.length()), "")
        : new S3Location(location.substring(PREFIX.length(), slash), location.substring(slash + 1));
  }

  /**
   * Writes a location as {@code s3://bucket/key}: percent-encoding undone, without empty segments,
   * {@code .} and {@code ..}.
   *
   * @throws IllegalArgumentException it names no bucket, or holds credentials
   */
  static String resolve(String location) {
    int colon = location.indexOf("://");
    String scheme = colon < 0 ? "" : location.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException("a location in S3 is written s3://bucket/path");
    }
    String rest = location.substring(colon + 3);
    int slash = rest.indexOf('/');
    String bucket = slash < 0 ? rest : rest.substring(0, slash);
    if (bucket.contains("@")) {
      throw new IllegalArgumentException(
          "credentials do not belong into a location: set delta.s3.access.key.id and"
              + " delta.s3.secret.access.key, and write s3://bucket/path");
    }
    if (bucket.isEmpty()) {
      throw new IllegalArgumentException(
          location + " names no bucket: a location in S3 is written s3://bucket/path");
    }
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : (slash < 0 ? "" : rest.substring(slash)).split("/")) {
      String name = decoded(segment);
      if (name.equals("..")) {
        segments.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        segments.addLast(name);
      }
    }
    return new S3Location(bucket, String.join("/", segments)).toString();
  }

  /** What keys begin with that lie below this one, as in a directory. */
  String prefix() {
    return key.isEmpty() ? "" : key + "/";
  }

  /** Location of another key in the bucket. */
  String sibling(String other) {
    return new S3Location(bucket, other).toString();
  }

  @Override
  public String toString() {
    return key.isEmpty() ? PREFIX + bucket : PREFIX + bucket + "/" + key;
  }

  /** With {@code %XX} as the byte that it stands for; a percent sign before anything else stays. */
  private static String decoded(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    byte[] from = segment.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    for (int i = 0; i < from.length; i++) {
      int high = i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
      int low = i + 2 < from.length ? Character.digit(from[i + 2], 16) : -1;
      if (from[i] == '%' && high >= 0 && low >= 0) {
        to.write(high << 4 | low);
        i += 2;
      } else {
        to.write(from[i]);
      }
    }
    return to.toString(StandardCharsets.UTF_8);
  }
}
