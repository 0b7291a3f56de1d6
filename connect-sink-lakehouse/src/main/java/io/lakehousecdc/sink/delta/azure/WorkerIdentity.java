// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.HttpResponseException;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Signs requests with tokens of the identity that the worker has: what its environment variables
 * name, else its workload identity, else its managed identity. Thread-safe.
 */
final class WorkerIdentity implements Signer {
  private static final TokenRequestContext STORAGE =
      new TokenRequestContext().addScopes("https://storage.azure.com/.default");
  private static final Duration RENEWED_BEFORE_END = Duration.ofMinutes(5);
  private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(30);

  /** An error of Microsoft Entra, except for those of its service, which pass. */
  private static final Pattern REFUSAL = Pattern.compile("AADSTS(?!900(?:06|12|24|25|33|55))[0-9]");

  /** Where identities of machines are asked for: never by way of a proxy. */
  private static final String LOCAL_HOSTS = "169.254.169.254|localhost|127.0.0.1";

  private final Supplier<AccessToken> source;
  private final Clock clock;
  private AccessToken token;
  private Instant nextRenewal = Instant.MIN;

  /**
   * @param source asks for a token; throws where there is none
   */
  WorkerIdentity(Supplier<AccessToken> source, Clock clock) {
    this.source = source;
    this.clock = clock;
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
    TokenCredential credential = chain.build();
    return new WorkerIdentity(() -> credential.getTokenSync(STORAGE), Clock.systemUTC());
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
    if (!isUsable() || !clock.instant().isBefore(nextRenewal)) {
      try {
        token = source.get();
        nextRenewal = later(token.getExpiresAt().toInstant().minus(RENEWED_BEFORE_END));
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("Interrupted while a token was asked for");
        }
        if (!isUsable()) {
          String message = "Azure gives no access token: " + firstLine(e);
          throw isRefusal(e)
              ? SignInException.refused(message, e)
              : SignInException.unavailable(message, e);
        }
        // Else each request would wait for a renewal of its own, which fails as this one did.
        nextRenewal = later(clock.instant());
      }
    }
    return token.getToken();
  }

  /** A time, or the end of the pause between renewals if that is later. */
  private Instant later(Instant time) {
    Instant earliest = clock.instant().plus(BETWEEN_RENEWALS);
    return time.isAfter(earliest) ? time : earliest;
  }

  private boolean isUsable() {
    return token != null && token.getExpiresAt().toInstant().isAfter(clock.instant());
  }

  /** Whether whoever gives tokens has answered that it gives none to this identity. */
  private static boolean isRefusal(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (REFUSAL.matcher(String.valueOf(cause.getMessage())).find()) {
        return true;
      }
      if (cause instanceof HttpResponseException answered && answered.getResponse() != null) {
        int status = answered.getResponse().getStatusCode();
        return status == 400 || status == 401 || status == 403;
      }
    }
    return false;
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
