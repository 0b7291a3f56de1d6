// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.TargetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * A check whether a sink can keep its promise below a root. It writes a file if there is none,
 * twice, of which the second has to fail; then it lists, reads and removes it. Each step that fails
 * is told with what to do about it.
 */
final class S3Probe {
  private static final int RETRIES = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final byte[] FIRST = "first".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SECOND = "second".getBytes(StandardCharsets.UTF_8);

  private final S3Api api;
  private final S3Requests requests;
  private final S3Location file;
  private final S3ProbeFailures failures;

  /**
   * @param place the store's name, for messages
   */
  S3Probe(S3Api api, S3Requests requests, String place, S3Location root) {
    this.api = api;
    this.requests = requests.within(RETRIES, PATIENCE);
    this.file = new S3Location(root.bucket(), root.prefix() + "_cdc_probe_" + UUID.randomUUID());
    this.failures = new S3ProbeFailures(place, root);
  }

  /**
   * @throws FatalException an operator has to act
   * @throws io.lakehousecdc.sink.error.RetriableException the store does not answer
   */
  void run() {
    try {
      requests.sendOnce(Operation.PUT_IF_ABSENT, file.toString(), put(FIRST), FIRST.length);
    } catch (IOException e) {
      TargetException reason = failures.of("s3:PutObject", e);
      if (S3Failures.mayBeDone(e.getCause())) {
        removeQuietly(reason);
      }
      throw reason;
    }
    try {
      requireRefusal();
      check(
          Operation.LIST,
          "s3:ListBucket",
          () -> !api.list(file.bucket(), file.key(), null, null, null, 1).contents().isEmpty());
      check(Operation.GET, "s3:GetObject", this::isReadable);
    } catch (TargetException e) {
      removeQuietly(e);
      throw e;
    }
    check(
        Operation.DELETE,
        "s3:DeleteObject",
        () -> {
          api.delete(file);
          return true;
        });
  }

  private Callable<Void> put(byte[] content) {
    return () -> {
      api.putIfAbsent(file, content);
      return null;
    };
  }

  private void requireRefusal() {
    try {
      requests.sendOnce(Operation.PUT_IF_ABSENT, file.toString(), put(SECOND), SECOND.length);
    } catch (FileAlreadyExistsException asItShould) {
      return;
    } catch (IOException e) {
      throw failures.of("s3:PutObject", e);
    }
    throw failures.unconditional();
  }

  private boolean isReadable() throws IOException {
    try (var body = api.get(file, 0, FIRST.length - 1, java.util.Optional.empty())) {
      return java.util.Arrays.equals(FIRST, body.readAllBytes());
    }
  }

  private void check(Operation operation, String permission, Callable<Boolean> request) {
    boolean right;
    try {
      right = requests.send(operation, file.toString(), request, done -> 0);
    } catch (IOException e) {
      throw failures.of(permission, e);
    }
    if (!right) {
      throw failures.inconsistent(operation);
    }
  }

  /** Tries once: whoever waits for the reason waits for this, too. */
  private void removeQuietly(TargetException reason) {
    try {
      requests
          .within(0, PATIENCE)
          .send(
              Operation.DELETE,
              file.toString(),
              () -> {
                api.delete(file);
                return null;
              },
              done -> 0);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
