// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What stores have to do whose files have keys instead of paths. */
public abstract class ObjectStoreContract extends FileIOContract {

  /** Another writer's file of a name that a path could not have. */
  @Test
  void deletingAFileAsItWasWalkedLeavesItsNeighbours() throws IOException {
    for (String name : List.of("x/a", "x//a", "x///a")) {
      store().putIfAbsent(at(name), name.getBytes(UTF_8));
    }

    assertEquals(Set.of(at("x/a"), at("x//a"), at("x///a")), locations());
    assertEquals("x//a", read("x//a"));
    store().delete(at("x//a"));
    assertEquals(Set.of(at("x/a"), at("x///a")), locations());
    store().deleteAll(List.of(at("x///a")));
    assertEquals(Set.of(at("x/a")), locations());
    assertEquals("x/a", read("x/a"));
  }

  private Set<String> locations() throws IOException {
    List<FileInfo> found = new ArrayList<>();
    store().walk(directory(), found::add);
    return found.stream().map(FileInfo::location).collect(Collectors.toSet());
  }
}
