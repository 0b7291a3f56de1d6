// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.write;

import io.lakehousecdc.converter.option.Decimals;
import io.lakehousecdc.converter.option.Nulls;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Writes structs as objects with all fields in the schema's order. */
final class StructWriter extends ValueWriter {
  private final Schema schema;
  private final Field[] fields;
  private final ValueWriter[] writers;

  /** What is written before each field's value. */
  private final byte[][] before;

  StructWriter(Schema schema, Nulls nulls, Decimals decimals) {
    super(schema, nulls);
    this.schema = schema;
    fields = schema.fields().toArray(new Field[0]);
    writers = new ValueWriter[fields.length];
    before = new byte[fields.length][];
    JsonOutput name = new JsonOutput();
    for (int i = 0; i < fields.length; i++) {
      writers[i] = ValueWriters.of(fields[i].schema(), nulls, decimals);
      name.clear();
      if (i > 0) {
        name.raw(',');
      }
      name.string(fields[i].name());
      name.raw(':');
      before[i] = name.toBytes();
    }
  }

  @Override
  void present(JsonOutput output, Object value) {
    Struct struct = (Struct) value;
    if (struct.schema() != schema && !struct.schema().equals(schema)) {
      throw Unwritable.value();
    }
    output.raw('{');
    for (int i = 0; i < fields.length; i++) {
      output.raw(before[i]);
      writers[i].write(output, stored(struct, fields[i]));
    }
    output.raw('}');
  }

  /** The field's value without its default. Found without its name where there is no default. */
  private static Object stored(Struct struct, Field field) {
    return field.schema().defaultValue() == null
        ? struct.get(field)
        : struct.getWithoutDefault(field.name());
  }
}
