// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import com.google.api.client.http.HttpResponseException;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.http.HttpTransportFactory;
import com.google.auth.oauth2.GoogleCredentials;
import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.HttpOptions;
import io.lakehousecdc.sink.delta.rest.SignInException;
import io.lakehousecdc.sink.delta.rest.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signs requests with tokens of Google's identity service. Thread-safe. */
final class GoogleSignIn implements Signer {
  private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

  private final Optional<Path> file;
  private final HttpTransportFactory transport;
  private GoogleCredentials credentials;

  /**
   * @param file of credentials; empty for the application default ones
   */
  GoogleSignIn(Optional<Path> file, HttpOptions options) {
    this.file = file;
    this.transport = transport(options);
  }

  @Override
  public Call sign(Call call) throws IOException {
    Map<String, List<String>> headers;
    try {
      headers = credentials().getRequestMetadata(call.uri());
    } catch (SignInException e) {
      throw e;
    } catch (IOException e) {
      String message = "Google gives no access token: " + firstLine(e);
      throw isRefusal(e)
          ? SignInException.refused(message, e)
          : SignInException.unavailable(message, e);
    }
    Call signed = call;
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      signed =
          signed.with(header.getKey().toLowerCase(java.util.Locale.ROOT), header.getValue().get(0));
    }
    return signed;
  }

  /** Read at the first request, because the default ones may ask a server who the worker is. */
  private synchronized GoogleCredentials credentials() throws IOException {
    if (credentials == null) {
      credentials = (file.isPresent() ? read(file.get()) : ofWorker()).createScoped(SCOPE);
    }
    return credentials;
  }

  private GoogleCredentials read(Path path) throws IOException {
    try (InputStream json = Files.newInputStream(path)) {
      return GoogleCredentials.fromStream(json, transport);
    } catch (IOException | IllegalArgumentException e) {
      throw SignInException.refused(
          GcsSettings.CREDENTIALS_FILE
              + " "
              + path
              + " is no file of credentials that this worker can read ("
              + e.getClass().getSimpleName()
              + ")",
          null);
    }
  }

  private GoogleCredentials ofWorker() throws IOException {
    try {
      return GoogleCredentials.getApplicationDefault(transport);
    } catch (IOException e) {
      String message = "The worker has no application default credentials";
      // Where no file is named, they are the machine's, whose metadata server may be away for now.
      throw System.getenv("GOOGLE_APPLICATION_CREDENTIALS") == null
          ? SignInException.unavailable(message, e)
          : SignInException.refused(message, e);
    }
  }

  /** Whether whoever gives tokens has answered that it gives none for these credentials. */
  private static boolean isRefusal(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpResponseException answered) {
        int status = answered.getStatusCode();
        return status >= 400 && status < 500 && status != 408 && status != 429;
      }
    }
    return false;
  }

  private static String firstLine(IOException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /** Who the machine is, its metadata server tells, which no proxy stands before. */
  private static HttpTransportFactory transport(HttpOptions options) {
    NetHttpTransport.Builder builder = new NetHttpTransport.Builder();
    options
        .proxy()
        .ifPresent(
            uri -> {
              Proxy proxy =
                  new Proxy(Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), uri.getPort()));
              builder.setConnectionFactory(
                  url ->
                      (HttpURLConnection)
                          (isLocal(url.getHost())
                              ? url.openConnection(Proxy.NO_PROXY)
                              : url.openConnection(proxy)));
            });
    NetHttpTransport transport = builder.build();
    return () -> transport;
  }

  private static boolean isLocal(String host) {
    return host.equals("metadata.google.internal")
        || host.equals("169.254.169.254")
        || host.equals("localhost")
        || host.equals("127.0.0.1");
  }
}
