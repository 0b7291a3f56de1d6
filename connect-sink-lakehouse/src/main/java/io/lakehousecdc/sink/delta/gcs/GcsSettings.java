// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.rest.HttpOptions;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The settings of stores in Google Cloud Storage. */
final class GcsSettings {
  static final String PREFIX = "delta.gcs.";
  static final String PROJECT_ID = PREFIX + "project.id";
  static final String CREDENTIALS_FILE = PREFIX + "credentials.file";
  static final String ENDPOINT = PREFIX + "endpoint";

  /** The setting by which a catalogue gives the credentials. */
  private static final String CATALOG_CREDENTIALS = "delta.unity.credentials";

  private static final URI GOOGLE = URI.create("https://storage.googleapis.com");

  private static final List<Setting> OWN =
      List.of(
          Setting.optional(
              PROJECT_ID,
              Kind.TEXT,
              null,
              "Project that requests are billed to, which buckets of requester-pays need. Not set,"
                  + " it is the bucket's."),
          Setting.optional(
              CREDENTIALS_FILE,
              Kind.TEXT,
              null,
              "File of credentials on every worker: a service account's key, or a configuration of"
                  + " workload identity federation. Not set, the application default credentials"
                  + " are taken: the file that GOOGLE_APPLICATION_CREDENTIALS names, or the service"
                  + " account of the machine or pod."),
          Setting.optional(
              ENDPOINT,
              Kind.TEXT,
              null,
              "Address of the service, such as https://storage-xyz.p.googleapis.com for Private"
                  + " Service Connect. An http: address is taken for an emulator, and gets no"
                  + " credentials unless "
                  + CREDENTIALS_FILE
                  + " or "
                  + CATALOG_CREDENTIALS
                  + " is set; then it has to be a loopback address. Not set, "
                  + GOOGLE
                  + "."));

  static final List<Setting> ALL =
      Stream.concat(OWN.stream(), HttpOptions.settings(PREFIX).stream()).toList();

  private GcsSettings() {}

  static List<SettingProblem> problems(TargetSettings settings) {
    List<SettingProblem> problems = new ArrayList<>(HttpOptions.problems(PREFIX, settings));
    try {
      URI endpoint = endpoint(settings);
      if (sendsTokens(settings) && HttpOptions.isOpenToRead(endpoint)) {
        problems.add(
            new SettingProblem(
                ENDPOINT, "has to be an https: address, since access tokens are sent to it"));
      }
    } catch (IllegalArgumentException e) {
      problems.add(new SettingProblem(ENDPOINT, e.getMessage()));
    }
    return problems;
  }

  private static boolean sendsTokens(TargetSettings settings) {
    return HttpOptions.text(settings, CREDENTIALS_FILE) != null
        || Boolean.parseBoolean(HttpOptions.text(settings, CATALOG_CREDENTIALS));
  }

  /**
   * Address of the service, without a slash at the end.
   *
   * @throws IllegalArgumentException it is none
   */
  static URI endpoint(TargetSettings settings) {
    String text = HttpOptions.text(settings, ENDPOINT);
    if (text == null) {
      return GOOGLE;
    }
    try {
      URI uri = new URI(text.replaceFirst("/+$", ""));
      boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // told below, as any other that is wrong
    }
    throw new IllegalArgumentException("has to be an address such as " + GOOGLE);
  }
}
