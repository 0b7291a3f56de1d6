// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The settings of AWS Glue.
 *
 * @param endpoint address of the service in the region
 * @param catalogId {@code delta.glue.catalog.id}
 */
record GlueSettings(String region, URI endpoint, Optional<String> catalogId) {
  static final String REGION = "delta.glue.region";
  static final String ENDPOINT = "delta.glue.endpoint";
  static final String CATALOG_ID = "delta.glue.catalog.id";

  static final List<Setting> ALL =
      List.of(
          Setting.optional(
              REGION,
              Kind.TEXT,
              null,
              "Region of the Glue Data Catalog. Not set, it is the region of the store:"
                  + " delta.s3.region, or what the worker's environment tells."),
          Setting.optional(
              ENDPOINT,
              Kind.TEXT,
              null,
              "Address of Glue where it is not the region's public one, such as that of an"
                  + " interface endpoint."),
          Setting.optional(
              CATALOG_ID,
              Kind.TEXT,
              null,
              "Id of the Data Catalog: the number of the AWS account that it belongs to. Not set,"
                  + " it is the account of the credentials."));

  static List<SettingProblem> problems(TargetSettings settings, String root) {
    List<SettingProblem> problems = new ArrayList<>();
    if (root != null && !root.matches("(?i)s3[an]?://.*")) {
      problems.add(
          new SettingProblem(
              CatalogSettings.CATALOG,
              "Glue's tables lie in Amazon S3: set delta.root to s3://<bucket>/<path>, or "
                  + CatalogSettings.CATALOG
                  + " to another catalogue or none"));
    }
    value(settings, ENDPOINT)
        .filter(text -> !isAddress(text))
        .ifPresent(
            text ->
                problems.add(
                    new SettingProblem(
                        ENDPOINT, "has to be an address like https://host, without a password")));
    return problems;
  }

  private static boolean isAddress(String text) {
    try {
      URI uri = URI.create(text);
      boolean isHttp = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      return isHttp && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * @param region that Glue is asked in
   * @param domain that the region's services lie in, such as {@code amazonaws.com}
   */
  static GlueSettings of(TargetSettings settings, String region, String domain) {
    return new GlueSettings(
        region,
        URI.create(value(settings, ENDPOINT).orElse("https://glue." + region + "." + domain)),
        value(settings, CATALOG_ID));
  }

  static Optional<String> value(TargetSettings settings, String key) {
    return Optional.ofNullable(settings.text(key)).map(String::strip).filter(t -> !t.isEmpty());
  }
}
