// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.read;

import io.lakehousecdc.converter.option.Nulls;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Reads objects into structs. Members are expected in the order of the schema's fields, and found
 * by name where they come in another.
 */
final class StructReader extends ValueReader {
  private static final byte[] NO_NAME = new byte[0];

  private final Schema schema;
  private final Field[] fields;
  private final ValueReader[] readers;

  /**
   * With quotation marks and colons, as they are written without white space. Empty for those that
   * need escapes, or are no text: their characters as they are may mean another name. Empty for
   * long ones, too.
   */
  private final byte[][] names;

  private final Map<String, Integer> indexes = new HashMap<>();

  StructReader(Schema schema, Nulls nulls) {
    super(schema, nulls);
    this.schema = schema;
    fields = schema.fields().toArray(new Field[0]);
    readers = new ValueReader[fields.length];
    names = new byte[fields.length][];
    for (int i = 0; i < fields.length; i++) {
      String name = fields[i].name();
      readers[i] = ValueReaders.of(fields[i].schema(), nulls);
      names[i] = isPlain(name) ? ('"' + name + "\":").getBytes(StandardCharsets.UTF_8) : NO_NAME;
      indexes.put(name, i);
    }
  }

  /** Whether a name stands for itself between quotation marks, and everyone would read it. */
  private static boolean isPlain(String name) {
    return name.length() <= JsonInput.MAX_NAME
        && name.chars().noneMatch(each -> each < ' ' || each == '"' || each == '\\')
        && StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }

  @Override
  Object present(JsonInput input) {
    input.expect('{');
    Struct struct = new Struct(schema);
    int next = 0;
    while (next < fields.length && input.takeName(names[next])) {
      struct.put(fields[next], readers[next].read(input));
      next++;
      if (!input.take(',')) {
        input.expect('}');
        for (int missing = next; missing < fields.length; missing++) {
          struct.put(fields[missing], readers[missing].absent());
        }
        return struct;
      }
    }
    readByName(input, struct, next);
    return struct;
  }

  /**
   * Reads the members that are left. Unknown ones, and those that come twice, are left to {@code
   * JsonConverter}.
   */
  private void readByName(JsonInput input, Struct struct, int alreadyRead) {
    boolean[] isRead = new boolean[fields.length];
    Arrays.fill(isRead, 0, alreadyRead, true);
    boolean isEmpty = alreadyRead == 0 && input.take('}');
    if (!isEmpty) {
      do {
        Integer index = indexes.get(input.name());
        if (index == null || isRead[index]) {
          throw Unrecognized.input();
        }
        isRead[index] = true;
        struct.put(fields[index], readers[index].read(input));
      } while (input.take(','));
      input.expect('}');
    }
    for (int i = 0; i < fields.length; i++) {
      if (!isRead[i]) {
        struct.put(fields[i], readers[i].absent());
      }
    }
  }
}
