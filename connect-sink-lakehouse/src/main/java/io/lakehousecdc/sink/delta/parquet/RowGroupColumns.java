// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.parquet.VersionParser;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.VersionParser.VersionParseException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The columns of a file that answer to columns of the table: found by field id, then by physical
 * name, then, for files of writers that mind no case, by that in any case.
 */
final class RowGroupColumns {
  private final List<DeltaColumn> wanted;
  private final List<Optional<Type>> stored;
  private final MessageType projection;
  private final String createdBy;
  private final ParsedVersion writer;

  /**
   * @param schema of the file
   * @param createdBy writer of the file, as its footer says
   */
  RowGroupColumns(List<DeltaColumn> wanted, MessageType schema, String createdBy) {
    this.wanted = wanted;
    this.createdBy = createdBy;
    this.writer = version(createdBy);
    this.stored = wanted.stream().map(column -> find(column, schema)).toList();
    this.projection =
        new MessageType(
            schema.getName(), stored.stream().flatMap(Optional::stream).distinct().toList());
  }

  /** Null where the writer is not known: then it may have been one that needs special care. */
  private static ParsedVersion version(String createdBy) {
    try {
      return createdBy == null ? null : VersionParser.parse(createdBy);
    } catch (VersionParseException | RuntimeException e) {
      return null;
    }
  }

  /** What has to be read of the file; without columns where it has none of those wanted. */
  MessageType projection() {
    return projection;
  }

  /**
   * Cursors over a row group, aligned to the columns wanted.
   *
   * @param assembly makes cursors of columns that are assembled record by record
   */
  List<ColumnCursor> open(PageReadStore pages, Function<Supplier<Object>, ColumnCursor> assembly) {
    List<ColumnCursor> cursors = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      DeltaColumn column = wanted.get(i);
      cursors.add(
          stored
              .get(i)
              .map(type -> cursor(column, type, pages, assembly))
              .orElse(ColumnCursor.nulls()));
    }
    return cursors;
  }

  private ColumnCursor cursor(
      DeltaColumn column,
      Type type,
      PageReadStore pages,
      Function<Supplier<Object>, ColumnCursor> assembly) {
    if (!type.isPrimitive()) {
      return assembly.apply(records(column, type, pages)::read);
    }
    ColumnDescriptor descriptor = projection.getColumnDescription(new String[] {type.getName()});
    return ColumnCursor.scalar(
        new ColumnPages(pages, descriptor, writer),
        type.asPrimitiveType(),
        ValueDecoder.of(type.asPrimitiveType(), column.type()));
  }

  private RecordReader<Object> records(DeltaColumn column, Type type, PageReadStore pages) {
    return new ColumnIOFactory(createdBy)
        .getColumnIO(new MessageType(projection.getName(), type))
        .getRecordReader(pages, new Single(type, column), FilterCompat.NOOP);
  }

  private static Optional<Type> find(DeltaColumn column, MessageType schema) {
    return column
        .resolution()
        .find(schema, column.physicalName(), column.fieldId())
        .map(type -> pruned(type, column.type(), column.resolution()));
  }

  /** Leaves out the fields of structs that the table no longer has. */
  private static Type pruned(Type stored, DataType type, Resolution resolution) {
    if (stored.isPrimitive()) {
      return stored;
    }
    GroupType group = stored.asGroupType();
    if (type instanceof StructType struct) {
      List<Type> kept = new ArrayList<>();
      for (StructField field : struct.fields()) {
        resolution
            .find(group, field)
            .ifPresent(found -> kept.add(pruned(found, field.getDataType(), resolution)));
      }
      return group.withNewFields(kept);
    }
    Type repeated = group.getType(0);
    if (repeated.isPrimitive()) {
      return stored;
    }
    GroupType entry = repeated.asGroupType();
    if (type instanceof ArrayType array && entry.getFieldCount() == 1) {
      return group.withNewFields(
          entry.withNewFields(pruned(entry.getType(0), array.getElementType(), resolution)));
    }
    if (type instanceof MapType map) {
      return group.withNewFields(
          entry.withNewFields(
              pruned(entry.getType(0), map.getKeyType(), resolution),
              pruned(entry.getType(1), map.getValueType(), resolution)));
    }
    return stored;
  }

  /** Records of a single column. */
  private static final class Single extends RecordMaterializer<Object> {
    private final GroupConverter root;
    private Object value;

    Single(Type stored, DeltaColumn column) {
      this.root =
          new ValueConverters.Group(
              List.of(
                  ValueConverters.of(
                      stored, column.type(), column.resolution(), one -> value = one)),
              () -> value = null,
              () -> {});
    }

    @Override
    public Object getCurrentRecord() {
      return value;
    }

    @Override
    public GroupConverter getRootConverter() {
      return root;
    }
  }
}
