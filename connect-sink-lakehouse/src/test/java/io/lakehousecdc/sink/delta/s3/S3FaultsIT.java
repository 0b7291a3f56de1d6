// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.FaultProxy;
import io.lakehousecdc.testkit.FaultProxy.Fault;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What requests come to that fail in all the ways that a network and a store have. */
class S3FaultsIT {
  private static final byte[] CONTENT = "0123456789".getBytes(UTF_8);

  private final FileIO direct = SharedS3.store();
  private final String file = SharedS3.emptyDirectory() + "/file";
  private final StoreFigures figures = new StoreFigures();
  private FaultProxy proxy;
  private FileIO store;

  @BeforeEach
  void begin() {
    proxy = FaultProxy.before(SharedS3.endpoint());
    store = S3Store.at(proxy.endpoint(), figures, Map.of());
  }

  @AfterEach
  void end() {
    store.close();
    proxy.close();
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = Mode.EXCLUDE, names = "NONE")
  void harmedReadIsRepeated(Fault fault) throws IOException {
    write(direct, CONTENT);
    proxy.once(request -> request.method().equals("GET"), fault);
    try (FileInput input = store.open(file, CONTENT.length)) {
      ByteBuffer found = ByteBuffer.allocate(6);
      input.readFully(3, found);
      assertEquals("345678", new String(found.array(), UTF_8));
    }
    assertEquals(2, figures.requests(Operation.GET));
    assertEquals(1, figures.retries());
    assertEquals(fault == Fault.SLOW_DOWN ? 1 : 0, figures.throttles());
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = Mode.EXCLUDE, names = "NONE")
  void harmedWriteIsRepeated(Fault fault) throws IOException {
    proxy.once(request -> request.method().equals("PUT"), fault);
    write(store, CONTENT);
    assertArrayEquals(CONTENT, read(direct, file));
    assertEquals(2, figures.requests(Operation.PUT));
    assertEquals(2L * CONTENT.length, figures.bytes(Operation.PUT) + CONTENT.length);
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = Mode.EXCLUDE, names = "NONE")
  void harmedListingsHeadsAndDeletesAreRepeated(Fault fault) throws IOException {
    write(direct, CONTENT);
    everySecond(fault);
    assertEquals(1, store.listFrom(file).size());
    assertEquals(CONTENT.length, store.stat(file).orElseThrow().size());
    store.deleteAll(List.of(file, file + "2"));
    assertFalse(direct.exists(file));
    assertTrue(store.stat(file).isEmpty());
  }

  /** The answer to a second one would be about the first. */
  @ParameterizedTest
  @EnumSource(names = {"CUT_BEFORE", "CUT_AFTER", "FAIL_BEFORE", "FAIL_AFTER", "TRUNCATE"})
  void conditionalWriteIsNotRepeatedWhereItMayBeDone(Fault fault) throws IOException {
    proxy.once(request -> request.ifNoneMatch() != null, fault);
    IOException failure = assertThrows(IOException.class, () -> store.putIfAbsent(file, CONTENT));
    assertFalse(failure instanceof FileAlreadyExistsException, failure.toString());
    assertEquals(1, proxy.requests("PUT"));
    boolean done = !List.of(Fault.CUT_BEFORE, Fault.FAIL_BEFORE).contains(fault);
    assertEquals(done, direct.exists(file));
  }

  @ParameterizedTest
  @EnumSource(names = {"SLOW_DOWN", "CONFLICT"})
  void conditionalWriteIsRepeatedWhereTheStoreSaysThatItIsNotDone(Fault fault) throws IOException {
    proxy.once(request -> request.ifNoneMatch() != null, fault);
    store.putIfAbsent(file, CONTENT);
    assertArrayEquals(CONTENT, read(direct, file));
    assertEquals(2, figures.requests(Operation.PUT_IF_ABSENT));
  }

  @Test
  void failureTellsWhatWhereAndHow() {
    proxy.faults(request -> Fault.FAIL_BEFORE);
    FileIO impatient = S3Store.at(proxy.endpoint(), figures, Map.of(S3Settings.RETRIES, "1"));
    IOException failure = assertThrows(IOException.class, () -> impatient.stat(file));
    assertTrue(
        failure.getMessage().startsWith("S3 head of " + file + " failed: 500"),
        failure.getMessage());
    IOException listing = assertThrows(IOException.class, () -> impatient.listFrom(file));
    assertTrue(listing.getMessage().contains("500 InternalError"), listing.getMessage());
    assertEquals(4, proxy.harmed());
    impatient.close();
  }

  @ParameterizedTest
  @Seeds(1)
  void largeFileIsWholeWhateverFails(long seed) throws IOException {
    byte[] content = new byte[(20 << 20) + 7];
    new Random(seed).nextBytes(content);
    proxy.random(seed, 0.3);
    write(store, content);
    assertArrayEquals(content, read(store, file));
    proxy.noFaults();
    assertArrayEquals(content, read(direct, file));
    assertTrue(proxy.harmed() > 0);
  }

  @Test
  void joiningOfPartsWhoseAnswerIsLostIsRecognized() throws IOException {
    byte[] content = new byte[9 << 20];
    new Random(5).nextBytes(content);
    proxy.once(
        request -> request.method().equals("POST") && request.target().contains("uploadId="),
        Fault.CUT_AFTER);
    write(store, content);
    assertEquals(1, proxy.harmed());
    assertArrayEquals(content, read(direct, file));
  }

  @Test
  void readsOfAnOpenFileAreOfOneVersion() throws IOException {
    write(direct, CONTENT);
    try (FileInput input = store.open(file, CONTENT.length)) {
      input.readFully(0, ByteBuffer.allocate(5));
      write(direct, "abcdefghij".getBytes(UTF_8));
      assertThrows(IOException.class, () -> input.readFully(5, ByteBuffer.allocate(5)));
    }
  }

  /** However long the store takes. */
  @Test
  void interruptEndsARequest() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    proxy.faults(
        request -> {
          asked.countDown();
          try {
            ended.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return Fault.NONE;
        });
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread task =
        new Thread(
            () -> {
              try {
                store.putIfAbsent(file, CONTENT);
              } catch (IOException e) {
                end.set(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    task.start();
    asked.await();
    task.interrupt();
    Await.until("the request has ended", () -> !task.isAlive());
    assertInstanceOf(InterruptedIOException.class, end.get());
    ended.countDown();
  }

  /** Harms the first of each pair of requests. */
  private void everySecond(Fault fault) {
    AtomicInteger count = new AtomicInteger();
    proxy.faults(request -> count.getAndIncrement() % 2 == 0 ? fault : Fault.NONE);
  }

  private void write(FileIO to, byte[] content) throws IOException {
    try (FileOutput output = to.create(file)) {
      output.write(content);
      output.complete();
    }
  }

  private static byte[] read(FileIO from, String location) throws IOException {
    try (FileInput input = from.open(location)) {
      ByteBuffer content = ByteBuffer.allocate((int) input.length());
      input.readFully(0, content);
      return content.array();
    }
  }
}
