// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sts.model.StsException;

/** What an operator is told of a store that cannot be used. The store is a script. */
class S3ProbeTest {
  private static final String ROOT = "s3://shop/lake";

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private String refused = "";
  private int status;
  private String code;
  private boolean conditional = true;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void storeThatHonoursTheHeaderIsUsable() {
    try (FileIO store = S3Store.at(endpoint())) {
      store.requireUsable(ROOT);
    }

    assertThat(requests).containsExactly("PUT", "PUT", "LIST", "GET", "DELETE");
  }

  @Test
  void storeThatIgnoresTheHeaderIsRefused() {
    conditional = false;

    TargetException failure = failure(Map.of());
    assertThat(failure)
        .isInstanceOf(FatalException.class)
        .hasMessageContaining(endpoint().toString())
        .hasMessageContaining("If-None-Match");
    assertThat(requests).containsExactly("PUT", "PUT", "DELETE");
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,    404, NoSuchBucket,                 there is no such bucket",
    "PUT,    301, PermanentRedirect,            'another region, eu-north-1. Set delta.s3.region'",
    "PUT,    400, AuthorizationHeaderMalformed, 'another region, eu-north-1'",
    "PUT,    403, InvalidAccessKeyId,           delta.s3.access.key.id",
    "PUT,    403, SignatureDoesNotMatch,        delta.s3.secret.access.key",
    "PUT,    400, ExpiredToken,                 delta.s3.session.token",
    "PUT,    501, NotImplemented,               If-None-Match",
    "PUT,    403, AccessDenied,                 needs s3:PutObject",
    "LIST,   403, AccessDenied,                 needs s3:ListBucket",
    "GET,    403, AccessDenied,                 needs s3:GetObject",
    "DELETE, 403, AccessDenied,                 needs s3:DeleteObject",
  })
  void refusalIsToldWithTheRemedy(String operation, int answer, String name, String told) {
    refused = operation;
    status = answer;
    code = name;

    assertThat(failure(Map.of()))
        .isInstanceOf(FatalException.class)
        .hasMessageContaining(ROOT)
        .hasMessageContaining(told)
        .hasMessageContaining("request R1");
  }

  @Test
  void storeThatFailsMayRecover() {
    refused = "PUT";
    status = 500;
    code = "InternalError";

    assertThat(failure(Map.of()))
        .isInstanceOf(RetriableException.class)
        .hasMessageContaining("500 InternalError");
    // Whether it was written is not known: it is not asked for again, and removed.
    assertThat(requests).containsExactly("PUT", "DELETE");
  }

  @Test
  void refusedFileIsNotRemoved() {
    refused = "PUT";
    status = 403;
    code = "AccessDenied";

    assertThat(failure(Map.of())).isInstanceOf(FatalException.class);
    assertThat(requests).containsExactly("PUT");
  }

  @ParameterizedTest
  @CsvSource({
    "403, AccessDenied,          false",
    "403, InvalidClientTokenId,  false",
    "400, ValidationError,       false",
    "400, Throttling,            true",
    "400, IDPCommunicationError, true",
    "503, ServiceUnavailable,    true",
    "500, InternalFailure,       true",
  })
  void roleMayBeAssumedLaterWhereItsServicePasses(int answer, String name, boolean passes) {
    AwsServiceException failure =
        StsException.builder()
            .statusCode(answer)
            .awsErrorDetails(AwsErrorDetails.builder().errorCode(name).build())
            .build();

    assertThat(told(failure))
        .isInstanceOf(passes ? RetriableException.class : FatalException.class)
        .hasMessageContaining("the role cannot be assumed")
        .hasMessageContaining(S3Settings.ROLE_ARN);
  }

  /** The SDK does not tell whether there are none, or whether the machine's service was down. */
  @Test
  void credentialsMayBeFoundLater() {
    assertThat(
            told(
                SdkClientException.create(
                    "Unable to load credentials from any of the providers in the chain")))
        .isInstanceOf(RetriableException.class)
        .hasMessageContaining("there are no credentials")
        .hasMessageContaining(S3Settings.ACCESS_KEY_ID);
  }

  private static TargetException told(Throwable failure) {
    return new S3ProbeFailures("S3", S3Location.of(ROOT))
        .of("s3:PutObject", S3Failures.of(Operation.PUT_IF_ABSENT, ROOT, failure));
  }

  @Test
  void hostThatDoesNotAnswerIsTold() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    assertThat(failure(Map.of(S3Settings.ENDPOINT, "http://127.0.0.1:" + port)))
        .isInstanceOf(RetriableException.class)
        .hasMessageContaining("cannot be reached")
        .hasMessageContaining(S3Settings.ENDPOINT)
        .hasMessageContaining("refused");
    assertThat(failure(Map.of(S3Settings.ENDPOINT, "http://store.invalid")))
        .isInstanceOf(RetriableException.class)
        .hasMessageContaining("its host is not known");
  }

  @Test
  void proxyIsAskedForTheStore() {
    assertThat(
            failure(
                Map.of(
                    S3Settings.ENDPOINT,
                    "http://store.invalid",
                    S3Settings.PROXY_URL,
                    "http://127.0.0.1:1")))
        .hasMessageContaining("cannot be reached")
        .hasMessageContaining(S3Settings.PROXY_URL);
    try (FileIO store =
        S3Store.at(
            URI.create("http://store.invalid"),
            new StoreFigures(),
            Map.of(S3Settings.PROXY_URL, endpoint().toString()))) {
      store.requireUsable(ROOT);
    }
  }

  @Test
  void locationsThatCannotBeUsedAreRefused() {
    for (String root : List.of("s3://", "s3://key:secret@shop/lake", "s3://shop--x-s3/lake")) {
      assertThatThrownBy(
              () ->
                  new S3StoreFactory()
                      .open(root, S3Store.settings(endpoint(), Map.of()), new StoreFigures()))
          .isInstanceOf(FatalException.class)
          .hasMessageContaining("delta.root")
          .message()
          .doesNotContain("secret@");
    }
  }

  private TargetException failure(Map<String, String> settings) {
    try (FileIO store = S3Store.at(endpoint(), new StoreFigures(), settings)) {
      TargetException failure =
          catchThrowableOfType(TargetException.class, () -> store.requireUsable(ROOT));
      for (Throwable at = failure; at != null; at = at.getCause()) {
        assertThat(at.toString()).doesNotContain(S3ProxyServer.SECRET_KEY);
      }
      return failure;
    }
  }

  private URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void serve(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    boolean list = String.valueOf(exchange.getRequestURI().getQuery()).contains("list-type=2");
    String operation = list ? "LIST" : exchange.getRequestMethod();
    requests.add(operation);
    exchange.getResponseHeaders().set("x-amz-request-id", "R1");
    if (operation.equals(refused)) {
      exchange.getResponseHeaders().set("x-amz-bucket-region", "eu-north-1");
      answer(exchange, status, error(code));
    } else if (operation.equals("PUT") && conditional && requests.indexOf("PUT") < last("PUT")) {
      answer(exchange, 412, error("PreconditionFailed"));
    } else if (list) {
      answer(
          exchange,
          200,
          "<ListBucketResult><Contents><Key>x</Key><Size>5</Size></Contents></ListBucketResult>");
    } else {
      answer(exchange, 200, operation.equals("GET") ? "first" : "");
    }
  }

  private int last(String operation) {
    return requests.lastIndexOf(operation);
  }

  private static String error(String code) {
    return "<Error><Code>%s</Code><Message>words</Message></Error>".formatted(code);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.length());
    if (!body.isEmpty()) {
      exchange.getResponseBody().write(body.getBytes(UTF_8));
    }
    exchange.close();
  }
}
