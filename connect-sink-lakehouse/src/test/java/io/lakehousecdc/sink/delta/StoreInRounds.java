// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A store that is asked as an object store is: it counts the requests that each call takes there.
 * Its answers may come in rounds: none of a round's requests is answered before all of them are
 * under way, so that requests which wait for each other's answers do not fit into one round, and
 * the number of rounds is that of sequential round trips. No clock is asked.
 */
final class StoreInRounds extends ForwardingFileIO {
  private static final long GIVE_UP_MILLIS = 120_000;

  private final List<Operation> requests = new ArrayList<>();
  private final Deque<Map<Operation, Integer>> rounds = new ArrayDeque<>();
  private final Map<Operation, Integer> waiting = new EnumMap<>(Operation.class);
  private final List<String> strays = new ArrayList<>();
  private boolean inRounds;
  private volatile Hook hook = (operation, location) -> {};

  StoreInRounds(FileIO store) {
    super(store);
  }

  /** What happens on a request's way to the store. */
  interface Hook {
    void before(Operation operation, String location) throws IOException;
  }

  /** Does something before each request is made. */
  void before(Hook action) {
    hook = action;
  }

  /** From now on answers in these rounds, each of so many requests of each kind. */
  synchronized void expect(List<Map<Operation, Integer>> expected) {
    requests.clear();
    strays.clear();
    // Copies, so that no two rounds are the same object.
    expected.forEach(round -> rounds.add(new EnumMap<>(round)));
    inRounds = true;
  }

  /**
   * Answers at once again.
   *
   * @throws AssertionError there were other requests than expected
   */
  synchronized void requireAllRounds() {
    inRounds = false;
    if (!strays.isEmpty() || !rounds.isEmpty()) {
      throw new AssertionError("Not expected: " + strays + "; not made: " + rounds);
    }
  }

  /** Requests since this was asked last, or rounds were begun. */
  synchronized List<Operation> requests() {
    List<Operation> made = List.copyOf(requests);
    requests.clear();
    return made;
  }

  private void request(Operation operation, String location) throws IOException {
    hook.before(operation, location);
    synchronized (this) {
      requests.add(operation);
      if (inRounds) {
        answerWithRound(operation, location);
      }
    }
  }

  private void answerWithRound(Operation operation, String location) throws IOException {
    Map<Operation, Integer> round = rounds.peek();
    int expected = round == null ? 0 : round.getOrDefault(operation, 0);
    if (waiting.getOrDefault(operation, 0) == expected) {
      strays.add(operation + " " + location);
      notifyAll();
      return;
    }
    waiting.merge(operation, 1, Integer::sum);
    if (waiting.equals(round)) {
      rounds.remove();
      waiting.clear();
      notifyAll();
      return;
    }
    long deadline = System.currentTimeMillis() + GIVE_UP_MILLIS;
    while (rounds.peek() == round && strays.isEmpty()) {
      long left = deadline - System.currentTimeMillis();
      if (left <= 0) {
        throw new IOException("Of this round " + round + " only these have come: " + waiting);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }

  static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("Interrupted");
  }

  @Override
  public int concurrency() {
    return 32;
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public Optional<FileInfo> stat(String location) throws IOException {
    request(Operation.HEAD, location);
    return super.stat(location);
  }

  @Override
  public boolean exists(String location) throws IOException {
    request(Operation.HEAD, location);
    return super.exists(location);
  }

  @Override
  public List<FileInfo> listFrom(String location) throws IOException {
    request(Operation.LIST, location);
    return super.listFrom(location);
  }

  @Override
  public void walk(String directory, Consumer<FileInfo> visitor) throws IOException {
    request(Operation.LIST, directory);
    super.walk(directory, visitor);
  }

  @Override
  public FileInput open(String location) throws IOException {
    request(Operation.HEAD, location);
    try (FileInput input = super.open(location)) {
      return open(location, input.length());
    }
  }

  /** Each read sees the file that is there by then. */
  @Override
  public FileInput open(String location, long length) {
    return new FileInput() {
      @Override
      public long length() {
        return length;
      }

      @Override
      public int read(long position, ByteBuffer into) throws IOException {
        request(Operation.GET, location);
        try (FileInput input = StoreInRounds.super.open(location)) {
          return input.read(position, into);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public FileOutput create(String location) throws IOException {
    return new ForwardingFileOutput(super.create(location)) {
      @Override
      public void complete() throws IOException {
        request(Operation.PUT, location);
        super.complete();
      }
    };
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    request(Operation.PUT_IF_ABSENT, location);
    super.putIfAbsent(location, content);
  }

  @Override
  public boolean delete(String location) throws IOException {
    request(Operation.DELETE, location);
    return super.delete(location);
  }

  @Override
  public void deleteAll(Collection<String> locations) throws IOException {
    request(Operation.DELETE, locations.toString());
    for (String location : locations) {
      super.delete(location);
    }
  }
}
