// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The requests that a store of objects answers, each of them one round trip. Thread-safe. What a
 * store refuses otherwise than stated is a {@link RefusedException}: a bucket that does not exist
 * among it, so that it is not taken for a missing file.
 */
public interface ObjectStore {

  /**
   * An object as a listing shows it.
   *
   * @param modifiedMillis time of last modification, milliseconds since the epoch
   */
  record Listed(String key, long size, long modifiedMillis) {}

  /**
   * A page of a listing.
   *
   * @param objects files only, no marks of directories; in any order
   * @param anything whether the page showed anything at all: also directories and their marks
   * @param next token of the next page; null at the end
   */
  record Page(List<Listed> objects, boolean anything, String next) {}

  /**
   * What a page shows.
   *
   * @param prefix what keys begin with
   * @param from least key, or empty; a store may show others, too
   * @param flat whether keys with a slash after the prefix are shown, too
   * @param limit greatest number of objects
   */
  record Listing(String bucket, String prefix, String from, boolean flat, int limit) {}

  /**
   * An object as it is asked for.
   *
   * @param directory whether it is only the mark of a directory
   * @param version what tells it from one of the same name; given to {@link #get}
   */
  record Found(long size, long modifiedMillis, boolean directory, String version) {}

  /**
   * A part of an object.
   *
   * @param version as {@link Found#version}
   */
  record Piece(byte[] bytes, String version) {}

  Optional<Found> head(ObjectName name) throws IOException;

  /**
   * @param token of the page before; null for the first
   */
  Page list(Listing listing, String token) throws IOException;

  /**
   * Bytes of an object, from {@code from} on, where it has any: fewer than {@code length} at its
   * end.
   *
   * @param version the version that is read; null for whichever is there
   * @throws FileNotFoundException there is no such object
   * @throws IOException it is of another version by now
   */
  Piece get(ObjectName name, long from, int length, String version) throws IOException;

  /** Writes an object, which replaces one of the same name. */
  void put(ObjectName name, byte[] content, int length) throws IOException;

  /** As {@link io.lakehousecdc.sink.delta.storage.FileIO#putIfAbsent}. */
  void putIfAbsent(ObjectName name, byte[] content) throws IOException;

  /** Begins to write an object in parts. May ask nothing of the store yet. */
  PartUpload upload(ObjectName name) throws IOException;

  /** Removes an object; false where there was none. */
  boolean delete(ObjectName name) throws IOException;
}
