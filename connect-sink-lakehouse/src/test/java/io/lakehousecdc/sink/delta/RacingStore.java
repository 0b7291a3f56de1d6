// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A store on which others are quick: something is done before each log entry of a table in a schema
 * is put. Tells which files were made and opened.
 */
class RacingStore extends ForwardingFileIO {
  private final List<String> created = new CopyOnWriteArrayList<>();
  private final List<String> opened = new CopyOnWriteArrayList<>();
  private volatile Racer racer = entry -> {};

  /** What is done before a log entry is put. */
  interface Racer {
    void before(String entry) throws IOException;
  }

  RacingStore(FileIO store) {
    super(store);
  }

  void race(Racer with) {
    racer = with;
  }

  /** Names of the data files that were made, those that were deleted since among them. */
  List<String> dataFiles() {
    return names(created);
  }

  /** Names of the data files that were opened, each as often as it was. */
  List<String> dataFileReads() {
    return names(opened);
  }

  private static List<String> names(List<String> locations) {
    return locations.stream()
        .filter(location -> location.endsWith(".parquet") && !location.contains("/_delta_log/"))
        .map(location -> location.substring(location.lastIndexOf('/') + 1))
        .toList();
  }

  @Override
  public FileInput open(String location) throws IOException {
    opened.add(location);
    return super.open(location);
  }

  @Override
  public FileOutput create(String location) throws IOException {
    created.add(location);
    return super.create(location);
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    if (location.contains("/shop/") && location.endsWith(".json")) {
      racer.before(new String(content, StandardCharsets.UTF_8));
    }
    super.putIfAbsent(location, content);
  }
}
