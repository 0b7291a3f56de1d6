// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.decode.type.ColumnType;
import io.lakehousecdc.sink.decode.type.TypeTable;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * The structure of a Struct, schemaless Map or plain value: names, types and access to its members.
 * {@link Layouts} returns one instance for all equal schemas, so layouts are compared by identity.
 */
public sealed interface Layout {

  List<String> names();

  /** Name of the schema; empty if there is none. */
  default String schemaName() {
    return "";
  }

  boolean has(String name);

  /** Access to the named member; {@link Member#NONE} if there is none. */
  Member member(String name);

  /** Type of the named member, which must exist. */
  ColumnType type(String name);

  /** Whether the named member, which must exist, may be null. */
  boolean isOptional(String name);

  /** The layout of a Connect Struct. */
  final class OfStruct implements Layout {
    private final Schema schema;
    private final List<String> names;

    OfStruct(Schema schema) {
      this.schema = schema;
      this.names = schema.fields().stream().map(Field::name).toList();
    }

    public Schema schema() {
      return schema;
    }

    @Override
    public String schemaName() {
      return schema.name() == null ? "" : schema.name();
    }

    @Override
    public List<String> names() {
      return names;
    }

    @Override
    public boolean has(String name) {
      return schema.field(name) != null;
    }

    /** Access by index, except with a default, which {@code Struct.get(Field)} returns for null. */
    @Override
    public Member member(String name) {
      Field field = schema.field(name);
      if (field == null) {
        return Member.NONE;
      }
      return field.schema().defaultValue() == null
          ? struct -> ((Struct) struct).get(field)
          : struct -> ((Struct) struct).getWithoutDefault(name);
    }

    @Override
    public ColumnType type(String name) {
      return TypeTable.of(schema.field(name).schema());
    }

    @Override
    public boolean isOptional(String name) {
      return schema.field(name).schema().isOptional();
    }
  }

  /** The layout of a Map without a schema, of which only the names of members are known. */
  final class OfMap implements Layout {
    private final List<String> names;

    public OfMap(List<String> names) {
      this.names = names;
    }

    @Override
    public List<String> names() {
      return names;
    }

    @Override
    public boolean has(String name) {
      return names.contains(name);
    }

    @Override
    public Member member(String name) {
      return map -> ((Map<?, ?>) map).get(name);
    }

    @Override
    public ColumnType type(String name) {
      return ColumnType.UNTYPED;
    }

    @Override
    public boolean isOptional(String name) {
      return true;
    }
  }

  /** The layout of a plain value, such as a key of one number. */
  final class OfScalar implements Layout {
    private final ColumnType type;

    OfScalar(ColumnType type) {
      this.type = type;
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public boolean has(String name) {
      return false;
    }

    /** The value itself, whatever the name of its column. */
    @Override
    public Member member(String name) {
      return scalar -> scalar;
    }

    @Override
    public ColumnType type(String name) {
      return type;
    }

    @Override
    public boolean isOptional(String name) {
      return false;
    }
  }
}
