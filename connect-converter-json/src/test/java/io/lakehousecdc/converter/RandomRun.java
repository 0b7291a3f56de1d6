// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;

/** Compares both converters over schemas, values and damaged messages at random. */
final class RandomRun {
  private static final int VALUES = 6;
  private static final int MUTATIONS = 12;

  private RandomRun() {}

  /**
   * Makes a number of schemas.
   *
   * @return conversions that gave a value, and those that failed
   */
  static long[] run(long seed, int schemas) {
    long results = 0;
    long errors = 0;
    Random random = new Random(seed);
    for (int i = 0; i < schemas; i++) {
      try (Comparison comparison = new Comparison(configuration(random))) {
        try {
          compare(comparison, random);
        } catch (AssertionError e) {
          throw new AssertionError("seed " + seed + ", schema " + i + "\n" + e.getMessage(), e);
        }
        results += comparison.results();
        errors += comparison.errors();
      }
    }
    return new long[] {results, errors};
  }

  private static Map<String, String> configuration(Random random) {
    Map<String, String> configuration = new HashMap<>();
    configuration.put("schemas.enable", "" + (random.nextInt(4) > 0));
    configuration.put("replace.null.with.default", "" + random.nextBoolean());
    configuration.put("decimal.format", random.nextBoolean() ? "BASE64" : "numeric");
    return configuration;
  }

  private static void compare(Comparison comparison, Random random) {
    RandomSchemas schemas = new RandomSchemas(random);
    Mutation mutation = new Mutation(random);
    Schema schema = random.nextInt(4) > 0 ? schemas.struct(3) : schemas.schema(2);
    for (int i = 0; i < VALUES; i++) {
      byte[] message = comparison.fromConnect(schema, schemas.value(schema));
      if (message == null) {
        continue;
      }
      comparison.toConnect(message);
      comparison.toConnect(message);
      int payload = new String(message, StandardCharsets.ISO_8859_1).indexOf("\"payload\":");
      for (int j = 0; j < MUTATIONS; j++) {
        boolean isAnywhere = payload < 0 || random.nextInt(8) == 0;
        comparison.toConnect(mutation.of(message, isAnywhere ? 0 : payload));
      }
    }
  }
}
