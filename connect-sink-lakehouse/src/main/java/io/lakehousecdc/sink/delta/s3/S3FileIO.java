// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.FileOutput;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The store in a bucket of S3. A file is an object that appears whole when its request ends, and
 * {@code If-None-Match: *} lets one of several writers win a name.
 *
 * <p>There are no directories: one exists as long as a file lies below it. Objects whose keys end
 * with a slash, by which consoles make directories, are no files.
 */
final class S3FileIO implements FileIO {
  private static final int CONCURRENCY = 32;
  private static final int LISTED_AT_ONCE = 1_000;

  /**
   * For a request whose answer trickles; the settings' timeout counts from sign of life to sign.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  /**
   * For content to be sent, of 8 MiB in most cases. While it is, no timeout of the settings counts:
   * a connection that has ended without a word would be waited for until the system gives it up.
   */
  private static final Duration SENDING = Duration.ofMinutes(1);

  /** The one directory that is asked for by its name. */
  private static final String LOG = "/_delta_log";

  private final S3Connection connection;
  private final S3Api api;
  private final S3Requests requests;
  private final S3Deletes deletes;

  /**
   * @param vended hands out the credentials of each request; empty for those of the connection
   */
  S3FileIO(
      S3Connection connection,
      S3Settings settings,
      StoreFigures figures,
      Optional<StoreCredentials> vended) {
    this.connection = connection;
    this.api = new S3Api(connection.client(), settings, vended);
    this.requests =
        S3Requests.of(
            figures, settings.retries(), PATIENCE, settings.requestTimeout().plus(SENDING));
    this.deletes = new S3Deletes(api, requests);
  }

  @Override
  public void requireUsable(String root) {
    new S3Probe(api, requests, connection.place(), S3Location.of(root)).run();
  }

  @Override
  public int concurrency() {
    return CONCURRENCY;
  }

  @Override
  public String resolve(String location) {
    return S3Location.resolve(location);
  }

  @Override
  public Optional<FileInfo> stat(String location) throws IOException {
    return head(location)
        .map(
            found ->
                new FileInfo(location, found.contentLength(), found.lastModified().toEpochMilli()));
  }

  private Optional<HeadObjectResponse> head(String location) throws IOException {
    S3Location at = S3Location.of(location);
    return requests.send(
        Operation.HEAD,
        location,
        () -> {
          try {
            return Optional.of(api.head(at));
          } catch (S3Exception failure) {
            if (failure.statusCode() == 404) {
              return Optional.empty();
            }
            throw failure;
          }
        },
        found -> 0);
  }

  /** Of directories, that of a log is known, and no other. */
  @Override
  public boolean exists(String location) throws IOException {
    return location.endsWith(LOG)
        ? isDirectory(S3Location.of(location))
        : head(location).isPresent();
  }

  private boolean isDirectory(S3Location at) throws IOException {
    return !page(at, at.prefix(), null, null, null, 1).contents().isEmpty();
  }

  /** Costs a second request where it finds nothing. */
  @Override
  public List<FileInfo> listFrom(String location) throws IOException {
    S3Location from = S3Location.of(location);
    int slash = from.key().lastIndexOf('/');
    String directory = from.key().substring(0, slash + 1);
    List<FileInfo> found = new ArrayList<>();
    // What follows a key does not begin with the key itself.
    String before = from.key().substring(0, from.key().offsetByCodePoints(from.key().length(), -1));
    String after = before.length() > directory.length() ? before : null;
    forEach(from, directory, "/", after, found::add);
    found.removeIf(file -> FileInfo.BY_NAME.compare(file, new FileInfo(location, 0, 0)) < 0);
    found.sort(FileInfo.BY_NAME);
    S3Location parent = new S3Location(from.bucket(), directory.replaceFirst("/$", ""));
    if (found.isEmpty() && !isDirectory(parent)) {
      throw new FileNotFoundException("Not found: " + parent);
    }
    return found;
  }

  @Override
  public void walk(String directory, Consumer<FileInfo> visitor) throws IOException {
    S3Location at = S3Location.of(directory);
    if (!forEach(at, at.prefix(), null, null, visitor)) {
      throw new FileNotFoundException("Not found: " + directory);
    }
  }

  /** Visits the files of a listing; false where it is empty. */
  private boolean forEach(
      S3Location at, String prefix, String delimiter, String after, Consumer<FileInfo> visitor)
      throws IOException {
    boolean any = false;
    String mark = null;
    do {
      ListObjectsV2Response page = page(at, prefix, delimiter, after, mark, LISTED_AT_ONCE);
      for (S3Object object : page.contents()) {
        any = true;
        if (!object.key().endsWith("/")) {
          visitor.accept(
              new FileInfo(
                  at.sibling(object.key()), object.size(), object.lastModified().toEpochMilli()));
        }
      }
      mark = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (mark != null);
    return any;
  }

  private ListObjectsV2Response page(
      S3Location at, String prefix, String delimiter, String after, String mark, int most)
      throws IOException {
    return requests.send(
        Operation.LIST,
        at.sibling(prefix),
        () -> api.list(at.bucket(), prefix, delimiter, mark == null ? after : null, mark, most),
        found -> 0);
  }

  /** An object that is being written is not seen. */
  @Override
  public boolean isPartial(FileInfo file) {
    return false;
  }

  @Override
  public void createDirectories(String directory) {}

  @Override
  public FileInput open(String location) throws IOException {
    HeadObjectResponse found =
        head(location).orElseThrow(() -> new FileNotFoundException("Not found: " + location));
    return new S3FileInput(
        api,
        requests,
        S3Location.of(location),
        found.contentLength(),
        Optional.ofNullable(found.eTag()));
  }

  @Override
  public FileInput open(String location, long length) {
    return new S3FileInput(api, requests, S3Location.of(location), length, Optional.empty());
  }

  @Override
  public FileOutput create(String location) {
    return new S3FileOutput(api, requests, S3Location.of(location));
  }

  @Override
  public void putIfAbsent(String location, byte[] content) throws IOException {
    S3Location at = S3Location.of(location);
    requests.sendOnce(
        Operation.PUT_IF_ABSENT,
        location,
        () -> {
          api.putIfAbsent(at, content);
          return null;
        },
        content.length);
  }

  /** True in any case: S3 does not tell whether there was one. */
  @Override
  public boolean delete(String location) throws IOException {
    deletes.one(S3Location.of(location));
    return true;
  }

  @Override
  public void deleteAll(Collection<String> locations) throws IOException {
    deletes.all(locations.stream().map(S3Location::of).toList());
  }

  @Override
  public void close() {
    requests.close();
    connection.close();
  }
}
