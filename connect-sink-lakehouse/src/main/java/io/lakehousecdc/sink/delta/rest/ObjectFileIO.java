// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import io.lakehousecdc.sink.delta.rest.ObjectStore.Found;
import io.lakehousecdc.sink.delta.rest.ObjectStore.Listed;
import io.lakehousecdc.sink.delta.rest.ObjectStore.Listing;
import io.lakehousecdc.sink.delta.rest.ObjectStore.Page;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A store of objects as Delta tables need it. Its directories are what names of objects begin with:
 * one exists as long as there is an object below it.
 */
public final class ObjectFileIO implements FileIO {
  private static final int CONCURRENCY = 32;
  private static final int WHOLE_PAGE = 1_000;

  /** The one directory that is asked for by its name. */
  private static final String LOG = "/_delta_log";

  private final ObjectStore store;
  private final ObjectLocations locations;
  private final UsableCheck check;
  private final RequestThreads threads;

  /**
   * @param name of the kind of store, for names of threads
   * @param check what is asked whether the store can be used
   */
  public ObjectFileIO(
      String name, ObjectStore store, ObjectLocations locations, UsableCheck check) {
    this.store = store;
    this.locations = locations;
    this.check = check;
    this.threads = new RequestThreads(name, CONCURRENCY);
  }

  @Override
  public void requireUsable(String root) {
    check.require(root);
  }

  @Override
  public int concurrency() {
    return CONCURRENCY;
  }

  @Override
  public String resolve(String location) {
    return locations.resolve(location);
  }

  @Override
  public Optional<FileInfo> stat(String location) throws IOException {
    return store
        .head(locations.name(location))
        .filter(found -> !found.directory())
        .map(found -> new FileInfo(location, found.size(), found.modifiedMillis()));
  }

  @Override
  public boolean exists(String location) throws IOException {
    ObjectName name = locations.name(location);
    return location.endsWith(LOG) ? isDirectory(name) : store.head(name).isPresent();
  }

  @Override
  public List<FileInfo> listFrom(String location) throws IOException {
    ObjectName from = locations.name(location);
    List<FileInfo> found = new ArrayList<>();
    boolean anything =
        visit(
            new Listing(from.bucket(), from.directory(), from.key(), false, WHOLE_PAGE),
            object -> {
              if (ObjectName.BY_UTF_8.compare(object.key(), from.key()) >= 0) {
                found.add(info(from, object));
              }
            });
    if (!anything && !isDirectory(from.parent())) {
      throw notFound(locations.location(from.parent()));
    }
    found.sort(FileInfo.BY_NAME);
    return found;
  }

  @Override
  public void walk(String directory, Consumer<FileInfo> visitor) throws IOException {
    ObjectName name = locations.name(directory);
    boolean anything =
        visit(
            new Listing(name.bucket(), name.below(), "", true, WHOLE_PAGE),
            object -> visitor.accept(info(name, object)));
    if (!anything) {
      throw notFound(directory);
    }
  }

  /** What an interrupted write leaves is no object, and no listing shows it. */
  @Override
  public boolean isPartial(FileInfo file) {
    return false;
  }

  /** Directories come with the first object in them. */
  @Override
  public void createDirectories(String directory) {}

  @Override
  public FileInput open(String location) throws IOException {
    ObjectName name = locations.name(location);
    Found found =
        store
            .head(name)
            .filter(object -> !object.directory())
            .orElseThrow(() -> notFound(location));
    return new ObjectInput(store, name, found.size(), found.version());
  }

  @Override
  public FileInput open(String location, long length) {
    return new ObjectInput(store, locations.name(location), length, null);
  }

  @Override
  public FileOutput create(String location) {
    return new ObjectOutput(store, locations.name(location), threads.executor());
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    store.putIfAbsent(locations.name(location), content);
  }

  @Override
  public boolean delete(String location) throws IOException {
    return store.delete(locations.name(location));
  }

  /** One request a file, many at a time. */
  @Override
  public void deleteAll(Collection<String> files) throws IOException {
    threads.forEach(files, this::delete);
  }

  @Override
  public void close() {
    threads.close();
  }

  private boolean isDirectory(ObjectName name) throws IOException {
    return visit(new Listing(name.bucket(), name.below(), "", true, 1), object -> {}, 1);
  }

  private boolean visit(Listing listing, Consumer<Listed> visitor) throws IOException {
    return visit(listing, visitor, Integer.MAX_VALUE);
  }

  /**
   * Visits the objects of a listing; false where it shows nothing at all.
   *
   * @param enough number of pages that are read at most, once one has shown something
   */
  private boolean visit(Listing listing, Consumer<Listed> visitor, int enough) throws IOException {
    boolean anything = false;
    String token = null;
    int pages = 0;
    do {
      Page page = store.list(listing, token);
      page.objects().forEach(visitor);
      anything |= page.anything();
      token = page.next();
      pages++;
    } while (token != null && (!anything || pages < enough));
    return anything;
  }

  private FileInfo info(ObjectName in, Listed object) {
    return new FileInfo(
        locations.location(in.withKey(object.key())), object.size(), object.modifiedMillis());
  }

  private static FileNotFoundException notFound(String location) {
    return new FileNotFoundException("Not found: " + location);
  }
}
