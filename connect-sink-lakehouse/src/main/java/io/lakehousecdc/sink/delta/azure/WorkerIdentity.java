// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import com.azure.core.http.ProxyOptions;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.identity.ChainedTokenCredentialBuilder;
import com.azure.identity.EnvironmentCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.HttpOptions;
import io.lakehousecdc.sink.delta.rest.SignInException;
import io.lakehousecdc.sink.delta.rest.Signer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * Signs requests with tokens of the identity that the worker has: what its environment variables
 * name, else its workload identity, else its managed identity. Thread-safe.
 */
final class WorkerIdentity implements Signer {
  private static final TokenRequestContext STORAGE =
      new TokenRequestContext().addScopes("https://storage.azure.com/.default");
  private static final Duration RENEWED_BEFORE_END = Duration.ofMinutes(5);

  /** Where identities of machines are asked for: never by way of a proxy. */
  private static final String LOCAL_HOSTS = "169.254.169.254|localhost|127.0.0.1";

  private final TokenCredential credential;
  private AccessToken token;

  WorkerIdentity(TokenCredential credential) {
    this.credential = credential;
  }

  /**
   * The identity that environment variables, as Azure's tools read them, tell of: those of a
   * service principal, else of a pod's workload identity, else none, so that it is the machine's.
   *
   * @param clientId of the managed or workload identity; null for the one that the worker has
   */
  static WorkerIdentity of(String clientId, HttpOptions options) {
    HttpClient client = client(options);
    Map<String, String> environment = System.getenv();
    ChainedTokenCredentialBuilder chain = new ChainedTokenCredentialBuilder();
    if (clientId == null && isPrincipal(environment)) {
      chain.addLast(new EnvironmentCredentialBuilder().httpClient(client).build());
    }
    String chosen = clientId == null ? environment.get("AZURE_CLIENT_ID") : clientId;
    if (chosen != null && isWorkload(environment)) {
      chain.addLast(
          new WorkloadIdentityCredentialBuilder().httpClient(client).clientId(chosen).build());
    }
    chain.addLast(
        new ManagedIdentityCredentialBuilder().httpClient(client).clientId(chosen).build());
    return new WorkerIdentity(chain.build());
  }

  /** Else the library would log an error at each token. */
  private static boolean isPrincipal(Map<String, String> environment) {
    return environment.containsKey("AZURE_TENANT_ID")
        && environment.containsKey("AZURE_CLIENT_ID")
        && (environment.containsKey("AZURE_CLIENT_SECRET")
            || environment.containsKey("AZURE_CLIENT_CERTIFICATE_PATH"));
  }

  /** Else the library would refuse to build it. */
  private static boolean isWorkload(Map<String, String> environment) {
    return environment.containsKey("AZURE_TENANT_ID")
        && environment.containsKey("AZURE_FEDERATED_TOKEN_FILE");
  }

  @Override
  public Call sign(Call call) throws IOException {
    return call.with("authorization", "Bearer " + token());
  }

  private synchronized String token() throws IOException {
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    if (token == null || token.getExpiresAt().minus(RENEWED_BEFORE_END).isBefore(now)) {
      try {
        token = credential.getTokenSync(STORAGE);
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("Interrupted while a token was asked for");
        }
        if (token == null || token.getExpiresAt().isBefore(now)) {
          throw new SignInException("Azure gives no access token: " + firstLine(e), e);
        }
      }
    }
    return token.getToken();
  }

  private static String firstLine(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.lines().findFirst().orElse("");
  }

  private static HttpClient client(HttpOptions options) {
    JdkHttpClientBuilder builder =
        new JdkHttpClientBuilder().connectionTimeout(options.connectTimeout());
    options
        .proxy()
        .ifPresent(
            uri ->
                builder.proxy(
                    new ProxyOptions(
                            ProxyOptions.Type.HTTP,
                            new InetSocketAddress(uri.getHost(), uri.getPort()))
                        .setNonProxyHosts(LOCAL_HOSTS)));
    return builder.build();
  }
}
