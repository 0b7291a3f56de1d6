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

  /**
   * The kind of the named member, which must exist.
   *
   * @param container a value of this layout; looked at only where there is no schema
   */
  Kind kind(String name, Object container);

  /** A coarse kind of value, by which records of different forms are told apart. */
  enum Kind {
    TEXT,
    INTEGER,
    /** A Struct, or a Map without a schema. */
    STRUCT,
    LIST,
    OTHER,
    /** A null without a schema, which may stand for any kind. */
    UNKNOWN;

    /** Whether a member of this kind may be one of the other. */
    public boolean mayBe(Kind other) {
      return this == other || this == UNKNOWN;
    }

    private static Kind of(Schema.Type type) {
      return switch (type) {
        case STRING -> TEXT;
        case INT8, INT16, INT32, INT64 -> INTEGER;
        case STRUCT -> STRUCT;
        case ARRAY -> LIST;
        default -> OTHER;
      };
    }

    private static Kind of(Object value) {
      if (value == null) {
        return UNKNOWN;
      }
      if (value instanceof String) {
        return TEXT;
      }
      if (value instanceof Long || value instanceof Integer) {
        return INTEGER;
      }
      if (value instanceof Map<?, ?>) {
        return STRUCT;
      }
      return value instanceof List<?> ? LIST : OTHER;
    }
  }

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

    /**
     * Access by index, which a look-up by name confirms where it gives the default: {@code
     * Struct.get(Field)} returns that for null, too.
     */
    @Override
    public Member member(String name) {
      Field field = schema.field(name);
      if (field == null) {
        return Member.NONE;
      }
      Object standIn = field.schema().defaultValue();
      return container -> {
        Struct struct = (Struct) container;
        Object value = struct.get(field);
        return value == standIn && value != null ? struct.getWithoutDefault(name) : value;
      };
    }

    @Override
    public ColumnType type(String name) {
      return TypeTable.of(schema.field(name).schema());
    }

    @Override
    public boolean isOptional(String name) {
      return schema.field(name).schema().isOptional();
    }

    @Override
    public Kind kind(String name, Object container) {
      return Kind.of(schema.field(name).schema().type());
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

    @Override
    public Kind kind(String name, Object container) {
      return Kind.of(((Map<?, ?>) container).get(name));
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

    @Override
    public Kind kind(String name, Object container) {
      return Kind.OTHER;
    }
  }
}
