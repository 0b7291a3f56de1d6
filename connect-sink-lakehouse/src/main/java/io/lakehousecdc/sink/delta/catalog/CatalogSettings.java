// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import io.lakehousecdc.sink.delta.s3.AwsAccess;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The settings of catalogues. */
public final class CatalogSettings {
  public static final String CATALOG = "delta.catalog";

  private static final String NONE = "none";
  private static final String UNITY = "unity";
  private static final String GLUE = "glue";

  private static final Setting CHOICE =
      Setting.choice(
          CATALOG,
          NONE,
          List.of(NONE, UNITY, GLUE),
          "Catalogue that tables are registered in, as external tables, after their first commit"
              + " and when their columns change. Beside the commits, none of which fails or waits"
              + " for it.");

  public static final List<Setting> ALL =
      Stream.of(List.of(CHOICE), UnitySettings.ALL, GlueSettings.ALL)
          .flatMap(List::stream)
          .toList();

  private CatalogSettings() {}

  /**
   * What is wrong with these settings, as far as they tell by themselves. Asks no service.
   *
   * @param root {@code delta.root}; null where it is not set
   */
  public static List<SettingProblem> problems(TargetSettings settings, String root) {
    List<SettingProblem> problems = new ArrayList<>();
    if (chosen(settings).equals(UNITY) || vendsCredentials(settings)) {
      problems.addAll(UnitySettings.problems(settings));
    }
    if (chosen(settings).equals(GLUE)) {
      problems.addAll(GlueSettings.problems(settings, root));
    }
    return problems;
  }

  /**
   * Asks the catalogue, if there is one, whether it can be used.
   *
   * @param settings without {@link #problems}
   */
  public static Optional<SettingProblem> check(TargetSettings settings) {
    Optional<Catalog> chosen = catalog(settings);
    if (chosen.isEmpty()) {
      return Optional.empty();
    }
    try (Catalog catalog = chosen.get()) {
      catalog.check();
      return Optional.empty();
    } catch (CatalogException e) {
      return Optional.of(new SettingProblem(e.setting(), e.getMessage()));
    }
  }

  /** Empty where there is none. */
  static Optional<Catalog> catalog(TargetSettings settings) {
    return switch (chosen(settings)) {
      case UNITY -> Optional.of(new UnityCatalog(UnitySettings.of(settings)));
      case GLUE -> Optional.of(glue(settings));
      default -> Optional.empty();
    };
  }

  private static Catalog glue(TargetSettings settings) {
    AwsAccess access = AwsAccess.open(settings, GlueSettings.value(settings, GlueSettings.REGION));
    GlueSettings read = GlueSettings.of(settings, access.region().id(), access.domain());
    return new GlueCatalog(
        new GlueClient(
            read, () -> AwsAccess.withOwnClassLoader(access.credentials()::resolveCredentials)),
        access::close);
  }

  /**
   * The service that hands out credentials for the store; empty where the store has its own.
   *
   * @param root {@code delta.root}, as its store resolves it
   * @throws io.lakehousecdc.sink.error.FatalException the settings do not describe the service
   */
  public static Optional<StoreCredentials> credentials(TargetSettings settings, String root) {
    return vendsCredentials(settings)
        ? Optional.of(new UnityCredentials(UnitySettings.of(settings), root, Clock.systemUTC()))
        : Optional.empty();
  }

  private static boolean vendsCredentials(TargetSettings settings) {
    return Boolean.parseBoolean(settings.text(UnitySettings.CREDENTIALS));
  }

  /** The settings that make one catalogue differ from another, secrets included. */
  static Map<String, String> values(TargetSettings settings) {
    Map<String, String> values = new TreeMap<>();
    for (Setting setting : ALL) {
      String value = settings.text(setting.key());
      if (value != null) {
        values.put(setting.key(), value);
      }
    }
    if (chosen(settings).equals(GLUE)) {
      values.putAll(settings.withPrefix("delta.s3."));
    }
    return values;
  }

  private static String chosen(TargetSettings settings) {
    String text = settings.text(CATALOG);
    return text == null ? NONE : text;
  }
}
