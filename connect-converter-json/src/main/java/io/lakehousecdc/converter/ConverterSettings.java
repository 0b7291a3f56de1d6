// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import io.lakehousecdc.converter.option.Decimals;
import io.lakehousecdc.converter.option.Nulls;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The settings of the worker's {@code JsonConverter}. Older ones lack some of them.
 *
 * @param schemas where messages have their schemas
 * @param nulls what becomes of null where there is a default
 * @param decimals how decimal numbers are written
 * @param cacheSize how many schemas are kept
 */
record ConverterSettings(Schemas schemas, Nulls nulls, Decimals decimals, int cacheSize) {
  /** Where messages have their schemas. */
  enum Schemas {
    /** In an envelope, before the payload. */
    EMBEDDED,
    /** In the setting {@code schema.content}: messages that are read are payloads. */
    CONFIGURED,
    /** Nowhere. */
    NONE
  }

  /**
   * Reads settings that {@code JsonConverter} has accepted.
   *
   * @param definition what the worker's {@code JsonConverter} defines
   */
  static ConverterSettings of(ConfigDef definition, Map<String, ?> configuration) {
    AbstractConfig config = new AbstractConfig(definition, configuration, false);
    Map<String, ?> values = config.values();
    return new ConverterSettings(
        schemas(values),
        Boolean.FALSE.equals(values.get("replace.null.with.default")) ? Nulls.KEPT : Nulls.REPLACED,
        "numeric".equals(String.valueOf(values.get("decimal.format")).toLowerCase(Locale.ROOT))
            ? Decimals.NUMERIC
            : Decimals.BASE64,
        config.getInt("schemas.cache.size"));
  }

  private static Schemas schemas(Map<String, ?> values) {
    if (!Boolean.TRUE.equals(values.get("schemas.enable"))) {
      return Schemas.NONE;
    }
    Object content = values.get("schema.content");
    return content == null || content.equals("") ? Schemas.EMBEDDED : Schemas.CONFIGURED;
  }
}
