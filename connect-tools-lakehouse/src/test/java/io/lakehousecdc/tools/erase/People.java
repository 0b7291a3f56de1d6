// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.tools.Commands;
import io.lakehousecdc.tools.FedSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/** A table of people, one of whom is erased, and the command that does so. */
final class People {
  /** Texts of the person: as many as matter to whoever looks for them. */
  static final String NAME = "Agatha Zzyzx 4711";

  static final String MAIL = "agatha.zzyzx@example.org";

  /** What she was called once, which only older versions of the row have. */
  static final String FORMER = "Aaatha Aardvark 4711";

  static final List<String> SECRETS = List.of(NAME, MAIL, FORMER);
  static final long ID = 42;
  static final DebeziumTable TABLE =
      DebeziumRecords.table("shop", "people")
          .key("id", Schema.INT64_SCHEMA)
          .column("name", Schema.OPTIONAL_STRING_SCHEMA)
          .column("mail", Schema.OPTIONAL_STRING_SCHEMA);

  private static final int OTHERS = 15;

  private People() {}

  /** The outcome of a command. */
  record Outcome(int code, String out, String err) {}

  static Map<String, String> configuration(String target) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "people");
    settings.put("topics", TABLE.topic());
    settings.put("target", target);
    settings.put("dead.letter.table", "shop.letters");
    settings.put("flush.interval.ms", "20");
    return settings;
  }

  /** Inserts her among others, and changes her twice. */
  static void live(FedSink sink) {
    sink.feed(TABLE.create(10, 11, ID, FORMER, "old@example.org"));
    for (int i = 0; i < OTHERS; i++) {
      sink.feed(TABLE.create(20 + i, 20 + i, (long) i * 2 + 1, "person " + i, "mail " + i));
    }
    sink.feed(TABLE.update(100, 101, ID, NAME, MAIL));
  }

  /** A record about her that cannot be applied. */
  static void reject(FedSink sink) {
    String value =
        "{\"before\":null,\"after\":{\"id\":42,\"name\":\"%s\",\"mail\":\"%s\"},\"op\":\"?\"}"
            .formatted(NAME, MAIL);
    rejectText(sink, value);
  }

  /** A record that is no change event. */
  static void rejectText(FedSink sink, String value) {
    sink.feed(
        List.of(
            new SinkRecord(
                TABLE.topic(), 0, null, null, Schema.STRING_SCHEMA, value, sink.nextOffset())));
  }

  /** Deletes her, and goes on with others. */
  static void delete(FedSink sink) {
    sink.feed(TABLE.delete(200, 201, ID, NAME, MAIL));
    sink.feed(TABLE.update(210, 211, 1L, "person 0", "moved"));
  }

  /** Runs the command in this process. */
  static Outcome erase(Path directory, Map<String, String> settings, String... more)
      throws IOException {
    List<String> options = new ArrayList<>(List.of("--key", "id=" + ID));
    options.addAll(Arrays.asList(more));
    return erase(directory, settings, options);
  }

  /** The same for another key. */
  static Outcome erase(Path directory, Map<String, String> settings, List<String> options)
      throws IOException {
    Path file = directory.resolve("connector-" + System.nanoTime() + ".json");
    Files.writeString(file, new ObjectMapper().writeValueAsString(settings));
    List<String> arguments =
        new ArrayList<>(List.of("erase", "--config", file.toString(), "--table", "shop.people"));
    arguments.addAll(options);
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    ByteArrayOutputStream warned = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(warned, true, StandardCharsets.UTF_8));
      int code = Commands.run(arguments.toArray(String[]::new));
      return new Outcome(
          code, told.toString(StandardCharsets.UTF_8), warned.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  static int others() {
    return OTHERS;
  }
}
