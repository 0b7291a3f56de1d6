// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.converter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lakehousecdc.benchmarks.harness.Benchmark;
import io.lakehousecdc.benchmarks.harness.Options;
import io.lakehousecdc.benchmarks.harness.Options.Option;
import io.lakehousecdc.benchmarks.harness.Result;
import io.lakehousecdc.benchmarks.measure.Median;
import io.lakehousecdc.converter.CachedSchemaJsonConverter;
import io.lakehousecdc.testkit.RecordedEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/**
 * The benchmark of the converter in one thread, beside Kafka's: recorded events of Debezium in both
 * directions, and messages of which each has a schema that was never seen before.
 */
public final class ConverterBenchmark implements Benchmark {
  private static final String TOPIC = "smp.public.plain";
  private static final int CHANGING = 5_000;
  private static final double NANOS = 1e9;

  private final List<SchemaAndValue> values = new ArrayList<>();
  private final List<byte[]> messages = new ArrayList<>();

  @Override
  public List<Option> options() {
    return List.of(
        new Option("seconds", "3", "duration of each measurement"),
        new Option("rounds", "5", "repetitions, by turns; the median counts"));
  }

  @Override
  public void run(Options options) {
    long nanos = (long) (options.number("seconds") * NANOS);
    read();
    List<byte[]> changing = changing();
    ObjLongConsumer<Converter> toConnect =
        (converter, i) -> converter.toConnectData(TOPIC, messages.get((int) (i % messages.size())));
    ObjLongConsumer<Converter> fromConnect =
        (converter, i) -> {
          SchemaAndValue value = values.get((int) (i % values.size()));
          converter.fromConnectData(TOPIC, value.schema(), value.value());
        };
    ObjLongConsumer<Converter> toConnectChanging =
        (converter, i) -> converter.toConnectData(TOPIC, changing.get((int) (i % CHANGING)));
    compare("to-connect", toConnect, nanos, options.number("rounds"));
    compare("from-connect", fromConnect, nanos, options.number("rounds"));
    compare("to-connect-changing-schemas", toConnectChanging, nanos, options.number("rounds"));
  }

  private void read() {
    try (JsonConverter converter = configured(new JsonConverter())) {
      RecordedEvents.read(RecordedEvents.PLAIN).stream()
          .filter(record -> record.value() != null)
          .map(record -> new SchemaAndValue(record.valueSchema(), record.value()))
          .forEach(values::add);
      values.forEach(
          value -> messages.add(converter.fromConnectData(TOPIC, value.schema(), value.value())));
    }
  }

  /** More messages than either converter keeps schemas. */
  private List<byte[]> changing() {
    String message = new String(messages.get(0), UTF_8);
    List<byte[]> changing = new ArrayList<>();
    for (int i = 0; i < CHANGING; i++) {
      changing.add(message.replace("plain.Envelope", "plain" + i + ".Envelope").getBytes(UTF_8));
    }
    return changing;
  }

  private static void compare(
      String what, ObjLongConsumer<Converter> conversion, long nanos, int rounds) {
    List<Double> kafkas = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      kafkas.add(speed(configured(new JsonConverter()), conversion, nanos));
      ours.add(speed(configured(new CachedSchemaJsonConverter()), conversion, nanos));
    }
    print(what, "json", kafkas, kafkas);
    print(what, "json-cached", ours, kafkas);
  }

  private static void print(
      String what, String converter, List<Double> speeds, List<Double> kafkas) {
    Result.of("converter")
        .with("what", what)
        .with("converter", converter)
        .whole("records_per_s", Median.of(speeds))
        .ratio("ratio_to_json", Median.of(speeds), Median.of(kafkas))
        .print();
  }

  private static double speed(
      Converter converter, ObjLongConsumer<Converter> conversion, long nanos) {
    long start = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - start < nanos) {
      conversion.accept(converter, count++);
    }
    return count * NANOS / (System.nanoTime() - start);
  }

  private static <C extends Converter> C configured(C converter) {
    converter.configure(
        Map.of("schemas.enable", "true", "replace.null.with.default", "false"), false);
    return converter;
  }
}
