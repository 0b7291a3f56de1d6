// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.FaultProxy;
import io.lakehousecdc.testkit.FaultProxy.Fault;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stores of this package do where requests fail. A store's test extends this class. */
public abstract class StoreFaults {
  private final StoreFigures figures = new StoreFigures();
  private FaultProxy proxy;
  private FileIO store;
  private String directory;

  /** Address of the server. */
  protected abstract URI server();

  /** A store that finds the server at an address. */
  protected abstract FileIO store(URI endpoint, StoreFigures figures);

  /** A store whose requests have no more than these milliseconds, and are not repeated. */
  protected abstract FileIO impatient(URI endpoint, int timeoutMillis);

  /** Location of the container or bucket. */
  protected abstract String root();

  /** Whether a request writes a file only if it is absent. */
  protected abstract boolean isConditional(FaultProxy.Request request);

  @BeforeEach
  void openStore() {
    proxy = FaultProxy.before(server());
    store = store(proxy.endpoint(), figures);
    directory = root() + "/" + UUID.randomUUID();
  }

  @AfterEach
  void closeStore() {
    store.close();
    proxy.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT_AFTER", "FAIL_AFTER", "TRUNCATE"})
  void fateOfAConditionalPutIsNotKnownWhereItsAnswerIsLost(Fault fault) throws IOException {
    proxy.once(this::isConditional, fault);

    IOException failure =
        assertThrows(IOException.class, () -> store.putIfAbsent(at("a"), bytes("mine")));

    assertFalse(failure instanceof FileAlreadyExistsException, failure::toString);
    assertEquals(1, figures.requests(Operation.PUT_IF_ABSENT));
    assertEquals(0, figures.retries());
    assertEquals("mine", read("a"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT_BEFORE", "FAIL_BEFORE", "SLOW_DOWN", "CONFLICT"})
  void conditionalPutIsNotRepeated(Fault fault) throws IOException {
    proxy.once(this::isConditional, fault);

    IOException failure =
        assertThrows(IOException.class, () -> store.putIfAbsent(at("a"), bytes("mine")));

    assertFalse(failure instanceof FileAlreadyExistsException, failure::toString);
    assertEquals(1, figures.requests(Operation.PUT_IF_ABSENT));
    assertTrue(store.stat(at("a")).isEmpty());
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT_BEFORE", "CUT_AFTER", "FAIL_BEFORE", "FAIL_AFTER", "SLOW_DOWN", "TRUNCATE"})
  void otherRequestsAreRepeated(Fault fault) throws IOException {
    onceEach("PUT", fault);
    write("a", "content");
    onceEach("GET", fault);
    assertEquals("content", read("a"));
    onceEach("GET", fault);
    assertEquals(List.of("a"), names("a"));
    onceEach("HEAD", fault);
    assertEquals(7, store.stat(at("a")).orElseThrow().size());
    onceEach("DELETE", fault);
    store.delete(at("a"));
    proxy.noFaults();

    assertTrue(store.stat(at("a")).isEmpty());
    assertEquals(fault == Fault.SLOW_DOWN, figures.throttles() > 0);
  }

  @Test
  void checkWhoseFirstAnswerIsLostLeavesNothing() {
    proxy.once(this::isConditional, Fault.CUT_AFTER);

    assertThrows(RetriableException.class, () -> store.requireUsable(directory));

    assertThrows(FileNotFoundException.class, () -> store.walk(directory, file -> {}));
  }

  @Test
  void triesOfEachRequestAreCounted() throws IOException {
    write("a", "content");
    assertEquals(1, figures.requests(Operation.PUT));
    assertEquals(7, figures.bytes(Operation.PUT));

    proxy.once(request -> true, Fault.SLOW_DOWN);
    try (FileInput input = store.open(at("a"), 7)) {
      input.readFully(0, ByteBuffer.allocate(7));
    }

    assertEquals(2, figures.requests(Operation.GET));
    assertEquals(1, figures.retries());
    assertEquals(1, figures.throttles());
  }

  @Test
  void bodyThatEndsEarlyIsNoFile() throws IOException {
    write("a", "0123456789");
    try (FileIO once = impatient(proxy.endpoint(), 10_000);
        FileInput input = once.open(at("a"), 10)) {
      proxy.faults(request -> Fault.TRUNCATE);

      assertThrows(IOException.class, () -> input.readFully(0, ByteBuffer.allocate(10)));
    }
  }

  @Test
  void largeFileIsWholeWhateverFailsMeanwhile() throws IOException {
    byte[] content = new byte[(25 << 20) + 1];
    new Random(7).nextBytes(content);
    Random random = new Random(8);
    proxy.faults(
        request -> {
          synchronized (random) {
            Fault fault = Fault.HARMFUL.get(random.nextInt(Fault.HARMFUL.size()));
            return random.nextInt(3) > 0 || fault == Fault.CONFLICT ? Fault.NONE : fault;
          }
        });
    try (FileOutput output = store.create(at("large"))) {
      for (int at = 0; at < content.length; at += 1 << 20) {
        output.write(content, at, Math.min(1 << 20, content.length - at));
      }
      output.complete();
    }

    ByteBuffer found = ByteBuffer.allocate(content.length);
    try (FileInput input = store.open(at("large"))) {
      input.readFully(0, found);
    }
    assertArrayEquals(content, found.array());
    assertTrue(figures.retries() > 0);
  }

  @Test
  void partThatCannotBeWrittenFailsTheFile() throws IOException {
    try (FileIO once = impatient(proxy.endpoint(), 10_000)) {
      byte[] part = new byte[9 << 20];
      assertThrows(
          IOException.class,
          () -> {
            try (FileOutput output = once.create(at("lost"))) {
              proxy.faults(request -> Fault.FAIL_BEFORE);
              output.write(part);
              output.write(part);
              output.complete();
            }
          });
    }
    proxy.noFaults();

    assertTrue(store.stat(at("lost")).isEmpty());
  }

  @Test
  void fileThatIsReplacedMeanwhileIsNotMixedWithTheOther() throws IOException {
    write("a", "oldold");
    try (FileInput input = store.open(at("a"))) {
      input.readFully(0, ByteBuffer.allocate(3));
      write("a", "newnew");

      assertThrows(IOException.class, () -> input.readFully(3, ByteBuffer.allocate(3)));
    }
  }

  @Test
  void manyFilesAreDeletedAlthoughRequestsFail() throws IOException {
    List<String> names = IntStream.range(0, 100).mapToObj(i -> "f" + i).toList();
    for (String name : names) {
      write(name, name);
    }
    Random random = new Random(9);
    proxy.faults(
        request -> {
          synchronized (random) {
            return random.nextInt(4) == 0 ? Fault.SLOW_DOWN : Fault.NONE;
          }
        });

    store.deleteAll(names.stream().map(this::at).toList());

    proxy.noFaults();
    assertThrows(FileNotFoundException.class, () -> store.walk(directory, file -> {}));
  }

  @Test
  void storeThatDoesNotAnswerIsGivenUp() throws IOException {
    proxy.delay(Duration.ofHours(1));
    try (FileIO impatient = impatient(proxy.endpoint(), 100)) {
      IOException failure = assertThrows(IOException.class, () -> impatient.stat(at("a")));

      assertTrue(failure.getMessage().contains("no answer after 100 ms"), failure.getMessage());
    }
  }

  @Test
  void interruptEndsARequest() throws Exception {
    proxy.delay(Duration.ofHours(1));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Thread[] asking = new Thread[1];
      Future<?> request =
          thread.submit(
              () -> {
                asking[0] = Thread.currentThread();
                return store.stat(at("a"));
              });
      Await.until(
          "the request is under way",
          () -> proxy.requests().values().stream().anyMatch(n -> n > 0));
      asking[0].interrupt();

      ExecutionException failure = assertThrows(ExecutionException.class, request::get);
      assertInstanceOf(InterruptedIOException.class, failure.getCause());
    } finally {
      thread.shutdownNow();
    }
  }

  /** Harms the next request of a method; GCS asks and writes by other methods than Azure. */
  private void onceEach(String method, Fault fault) {
    Predicate<FaultProxy.Request> which =
        request ->
            request.method().equals(method)
                || method.equals("HEAD") && request.method().equals("GET")
                || method.equals("PUT") && request.method().equals("POST");
    proxy.once(which, fault);
  }

  private String at(String name) {
    return directory + "/" + name;
  }

  private void write(String name, String content) throws IOException {
    try (FileOutput output = store.create(at(name))) {
      output.write(bytes(content));
      output.complete();
    }
  }

  private String read(String name) throws IOException {
    try (FileInput input = store.open(at(name))) {
      ByteBuffer content = ByteBuffer.allocate((int) input.length());
      input.readFully(0, content);
      return new String(content.array(), UTF_8);
    }
  }

  private List<String> names(String from) throws IOException {
    return store.listFrom(at(from)).stream().map(FileInfo::name).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
