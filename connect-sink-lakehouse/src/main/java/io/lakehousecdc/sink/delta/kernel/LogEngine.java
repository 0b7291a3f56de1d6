// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.ExpressionHandler;
import io.delta.kernel.engine.FileSystemClient;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.engine.ParquetHandler;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.data.GenericRow;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.KernelFileIO;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Kernel's default engine on a store, which writes the fields of {@code add} actions that Kernel
 * does not know. Kernel hands rows of actions on as they are, but writes them by its own schema.
 * Stateless and thread-safe.
 */
final class LogEngine implements Engine {
  private final Engine engine;
  private final JsonHandler json;

  LogEngine(FileIO store) {
    this(new KernelFileIO(store, Map.of()));
  }

  /**
   * @param intact whether what a checkpoint is made of has not failed
   */
  LogEngine(FileIO store, BooleanSupplier intact) {
    this(new KernelFileIO(store, Map.of(), intact));
  }

  private LogEngine(KernelFileIO files) {
    this.engine = DefaultEngine.create(files);
    this.json = new WholeActions(engine.getJsonHandler());
  }

  @Override
  public ExpressionHandler getExpressionHandler() {
    return engine.getExpressionHandler();
  }

  @Override
  public JsonHandler getJsonHandler() {
    return json;
  }

  @Override
  public FileSystemClient getFileSystemClient() {
    return engine.getFileSystemClient();
  }

  @Override
  public ParquetHandler getParquetHandler() {
    return engine.getParquetHandler();
  }

  private record WholeActions(JsonHandler handler) implements JsonHandler {
    @Override
    public ColumnarBatch parseJson(
        ColumnVector texts, StructType schema, Optional<ColumnVector> selection) {
      return handler.parseJson(texts, schema, selection);
    }

    @Override
    public CloseableIterator<ColumnarBatch> readJsonFiles(
        CloseableIterator<FileStatus> files, StructType schema, Optional<Predicate> predicate)
        throws IOException {
      return handler.readJsonFiles(files, schema, predicate);
    }

    @Override
    public void writeJsonFileAtomically(
        String location, CloseableIterator<Row> rows, boolean overwrite) throws IOException {
      handler.writeJsonFileAtomically(location, rows.map(WholeActions::whole), overwrite);
    }

    private static Row whole(Row row) {
      boolean adds =
          row.getSchema().equals(SingleAction.FULL_SCHEMA)
              && !row.isNullAt(SingleAction.ADD_FILE_ORDINAL);
      return adds
          ? new GenericRow(
              LogSchemas.ENTRY,
              Map.of(SingleAction.ADD_FILE_ORDINAL, row.getStruct(SingleAction.ADD_FILE_ORDINAL)))
          : row;
    }
  }
}
