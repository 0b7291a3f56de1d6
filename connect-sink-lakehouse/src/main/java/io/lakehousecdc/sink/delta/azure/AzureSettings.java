// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.rest.HttpOptions;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** The settings of stores in Azure. */
final class AzureSettings {
  static final String PREFIX = "delta.azure.";
  static final String ENDPOINT = PREFIX + "endpoint";
  static final String ACCOUNT_KEY = PREFIX + "account.key";
  static final String SAS_TOKEN = PREFIX + "sas.token";
  static final String CONNECTION_STRING = PREFIX + "connection.string";
  static final String CLIENT_ID = PREFIX + "client.id";

  private static final List<String> CREDENTIALS =
      List.of(ACCOUNT_KEY, SAS_TOKEN, CONNECTION_STRING, CLIENT_ID);

  private static final List<Setting> OWN =
      List.of(
          Setting.optional(
              ENDPOINT,
              Kind.TEXT,
              null,
              "Address of the blob service, such as https://account.blob.core.windows.net; for a"
                  + " private link, a sovereign cloud or Azurite (http://127.0.0.1:10000/account)."
                  + " Not set, it follows from delta.root."),
          Setting.optional(
              ACCOUNT_KEY,
              Kind.SECRET,
              null,
              "Key of the storage account. Without any credentials here, the worker's are taken:"
                  + " environment variables (AZURE_TENANT_ID, AZURE_CLIENT_ID,"
                  + " AZURE_CLIENT_SECRET), workload identity, or managed identity."),
          Setting.optional(
              SAS_TOKEN,
              Kind.SECRET,
              null,
              "Shared access signature of the container or the account, with the permissions"
                  + " racwdl."),
          Setting.optional(
              CONNECTION_STRING,
              Kind.SECRET,
              null,
              "Connection string of the storage account, as its page of access keys shows it."),
          Setting.optional(
              CLIENT_ID,
              Kind.TEXT,
              null,
              "Client ID of the user-assigned managed identity, or of the workload identity, that"
                  + " the worker has."));

  static final List<Setting> ALL =
      Stream.concat(OWN.stream(), HttpOptions.settings(PREFIX).stream()).toList();

  private AzureSettings() {}

  static List<SettingProblem> problems(TargetSettings settings) {
    List<SettingProblem> problems = new ArrayList<>(HttpOptions.problems(PREFIX, settings));
    List<String> set =
        CREDENTIALS.stream().filter(key -> HttpOptions.text(settings, key) != null).toList();
    if (set.size() > 1) {
      problems.add(
          new SettingProblem(
              set.get(0),
              "is set together with "
                  + String.join(", ", set.subList(1, set.size()))
                  + ": set one of them, or none to use the worker's identity"));
    }
    if (HttpOptions.text(settings, ENDPOINT) != null
        && HttpOptions.text(settings, CONNECTION_STRING) != null) {
      problems.add(
          new SettingProblem(
              ENDPOINT,
              "is set together with " + CONNECTION_STRING + ", which has one: remove it"));
    }
    problem(problems, settings, ENDPOINT, AzureSettings::endpoint);
    problem(problems, settings, CONNECTION_STRING, ConnectionString::parse);
    problem(problems, settings, ACCOUNT_KEY, AzureSettings::accountKey);
    problem(problems, settings, SAS_TOKEN, AzureSettings::sasToken);
    if (problems.isEmpty() && sendsTokens(settings) && openToRead(settings) != null) {
      problems.add(
          new SettingProblem(
              openToRead(settings),
              "has to have an https: address, since access tokens are sent to it"));
    }
    return problems;
  }

  /** Whether they name credentials. */
  static boolean hasCredentials(TargetSettings settings) {
    return CREDENTIALS.stream().anyMatch(key -> HttpOptions.text(settings, key) != null);
  }

  /**
   * @throws IllegalArgumentException it is no address of a service
   */
  static URI endpoint(String text) {
    try {
      URI uri = new URI(text.replaceFirst("/+$", ""));
      boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // told below, as any other that is wrong
    }
    throw new IllegalArgumentException(
        "has to be the address of a blob service, such as https://account.blob.core.windows.net");
  }

  /**
   * @throws IllegalArgumentException it is no key; the message holds nothing of it
   */
  static byte[] accountKey(String text) {
    try {
      return Base64.getDecoder().decode(text.trim());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "has to be a key as the account's page of access keys shows it, in Base64");
    }
  }

  /**
   * The query that a signature is, without the question mark.
   *
   * @throws IllegalArgumentException it is none; the message holds nothing of it
   */
  static String sasToken(String text) {
    String query = text.trim().replaceFirst("^\\?", "");
    if (("&" + query).contains("&sig=") && isQuery(query)) {
      return query;
    }
    throw new IllegalArgumentException(
        "has to be a shared access signature, as sv=…&sig=…, without the address before it");
  }

  private static boolean isQuery(String text) {
    try {
      return new URI("http://host/?" + text).getRawQuery().equals(text);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * Whether requests are authorized by what anybody who sees it can use. A key only signs them, and
   * is not sent.
   */
  private static boolean sendsTokens(TargetSettings settings) {
    String connection = HttpOptions.text(settings, CONNECTION_STRING);
    return HttpOptions.text(settings, ACCOUNT_KEY) == null
        && (connection == null || ConnectionString.parse(connection).sasToken().isPresent());
  }

  /** The setting whose address others than this machine can listen to; null for none. */
  private static String openToRead(TargetSettings settings) {
    String endpoint = HttpOptions.text(settings, ENDPOINT);
    if (endpoint != null && HttpOptions.isOpenToRead(endpoint(endpoint))) {
      return ENDPOINT;
    }
    String connection = HttpOptions.text(settings, CONNECTION_STRING);
    return connection != null
            && HttpOptions.isOpenToRead(ConnectionString.parse(connection).endpoint())
        ? CONNECTION_STRING
        : null;
  }

  private interface Reading {
    Object read(String text);
  }

  private static void problem(
      List<SettingProblem> problems, TargetSettings settings, String key, Reading reading) {
    if (HttpOptions.text(settings, key) != null) {
      try {
        Object unused = reading.read(HttpOptions.text(settings, key));
      } catch (IllegalArgumentException e) {
        problems.add(new SettingProblem(key, e.getMessage()));
      }
    }
  }
}
