// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * The removal of files from S3: a thousand with a request, or one by one where the store knows no
 * such request, as Google's does not. Thread-safe.
 */
final class S3Deletes {
  private static final int MOST_AT_ONCE = 1_000;

  /** How stores answer to a request that they do not know. */
  private static final Set<Integer> NOT_KNOWN = Set.of(400, 404, 405, 501);

  private final S3Api api;
  private final S3Requests requests;
  private volatile boolean oneByOne;

  S3Deletes(S3Api api, S3Requests requests) {
    this.api = api;
    this.requests = requests;
  }

  void one(S3Location at) throws IOException {
    requests.send(
        Operation.DELETE,
        at.toString(),
        () -> {
          api.delete(at);
          return null;
        },
        done -> 0);
  }

  /** Goes on after files that cannot be removed, and then throws. */
  void all(List<S3Location> files) throws IOException {
    Map<String, List<String>> byBucket =
        files.stream()
            .collect(
                Collectors.groupingBy(
                    S3Location::bucket, Collectors.mapping(S3Location::key, Collectors.toList())));
    List<IOException> failures = new ArrayList<>();
    byBucket.forEach(
        (bucket, keys) -> {
          for (int from = 0; from < keys.size(); from += MOST_AT_ONCE) {
            List<String> some = keys.subList(from, Math.min(keys.size(), from + MOST_AT_ONCE));
            try {
              together(bucket, some);
            } catch (IOException e) {
              failures.add(e);
            }
          }
        });
    complain(failures);
  }

  private void together(String bucket, List<String> keys) throws IOException {
    if (oneByOne || keys.size() == 1) {
      each(bucket, keys);
      return;
    }
    List<S3Error> left;
    try {
      left =
          requests.send(
              Operation.DELETE,
              new S3Location(bucket, keys.get(0)).toString(),
              () -> api.delete(bucket, keys).errors(),
              done -> 0);
    } catch (IOException e) {
      if (!NOT_KNOWN.contains(S3Failures.status(e.getCause()))) {
        throw e;
      }
      each(bucket, keys);
      oneByOne = true;
      return;
    }
    // Those that passed over are asked for again by themselves, and tell what is wrong.
    each(bucket, left.stream().map(S3Error::key).toList());
  }

  private void each(String bucket, List<String> keys) throws IOException {
    List<IOException> failures = new ArrayList<>();
    for (String key : keys) {
      try {
        one(new S3Location(bucket, key));
      } catch (IOException e) {
        failures.add(e);
      }
    }
    complain(failures);
  }

  /** Throws the first, which holds the others. */
  private static void complain(List<IOException> failures) throws IOException {
    if (failures.isEmpty()) {
      return;
    }
    IOException first = failures.get(0);
    failures.stream().skip(1).forEach(first::addSuppressed);
    throw first;
  }
}
