// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** How the objects of a store are written as locations. Thread-safe. */
public interface ObjectLocations {

  /** As {@link io.lakehousecdc.sink.delta.storage.FileIO#resolve}. */
  String resolve(String location);

  /**
   * The object of a location in the form that {@link #resolve} and {@link #location} make. Its key
   * is the path as it stands: stores tell {@code a//b} from {@code a/b}, and walks find both.
   *
   * @throws IllegalArgumentException it is not of this store
   */
  ObjectName name(String location);

  /** The location of an object, which {@link #name} reads back. */
  String location(ObjectName name);

  /** A path with {@code %XX} as the byte that it stands for; a percent sign before others stays. */
  static String decoded(String path) {
    byte[] from = path.getBytes(StandardCharsets.UTF_8);
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

  /** A path without empty segments, {@code .} and {@code ..}, nor slashes at its ends. */
  static String normalized(String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/")) {
      switch (segment) {
        case "", "." -> {}
        case ".." -> segments.pollLast();
        default -> segments.addLast(segment);
      }
    }
    return String.join("/", segments);
  }
}
