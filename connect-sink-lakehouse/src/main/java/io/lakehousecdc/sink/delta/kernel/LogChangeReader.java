// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.CommitRange;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.internal.data.StructRow;
import io.delta.kernel.internal.replay.ActionsIterator;
import io.delta.kernel.internal.tablefeatures.TableFeatures;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reader of a range of commits, as the difference that they make. Reads every field of {@code
 * add} actions, some of which Kernel's own reader (4.4.0) leaves out.
 */
final class LogChangeReader {
  private static final StructType SCHEMA =
      new StructType()
          .add("add", LogSchemas.ADD)
          .add("remove", LogSchemas.REMOVED)
          .add("metaData", Metadata.FULL_SCHEMA)
          .add("protocol", Protocol.FULL_SCHEMA)
          .add("domainMetadata", DomainMetadata.FULL_SCHEMA);

  private final Map<String, Optional<DataFile>> files = new LinkedHashMap<>();
  private final Map<String, Optional<String>> domains = new HashMap<>();
  private boolean schemaChanged;

  private final String table;

  private LogChangeReader(String table) {
    this.table = table;
  }

  /**
   * @param table location of the table
   */
  static LogChanges read(Engine engine, CommitRange range, String table) {
    LogChangeReader reader = new LogChangeReader(table);
    for (FileStatus commit : range.getDeltaFiles()) {
      try (ActionsIterator actions =
          new ActionsIterator(engine, List.of(commit), SCHEMA, Optional.empty())) {
        reader.read(actions);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new LogChanges(reader.files, reader.domains, reader.schemaChanged);
  }

  private void read(ActionsIterator commit) {
    Map<String, Optional<DataFile>> added = new LinkedHashMap<>();
    while (commit.hasNext()) {
      read(commit.next().getColumnarBatch(), added);
    }
    // The order of actions in a commit means nothing: a file in both lists was given another
    // vector.
    files.putAll(added);
  }

  private void read(ColumnarBatch batch, Map<String, Optional<DataFile>> added) {
    ColumnVector adds = column(batch, "add");
    ColumnVector removes = column(batch, "remove");
    ColumnVector metadata = column(batch, "metaData");
    ColumnVector protocols = column(batch, "protocol");
    ColumnVector domainRows = column(batch, "domainMetadata");
    for (int i = 0; i < batch.getSize(); i++) {
      Row add = StructRow.fromStructVector(adds, i);
      DomainMetadata domain = DomainMetadata.fromColumnVector(domainRows, i);
      Protocol protocol = Protocol.fromColumnVector(protocols, i);
      if (add != null) {
        String stats = new AddFile(add).getStatsJson().orElse(null);
        DataFile file = Actions.file(add, AddStatistics.of(stats));
        added.put(file.path(), Optional.of(file));
      }
      if (!removes.isNullAt(i)) {
        ColumnVector paths = removes.getChild(LogSchemas.REMOVED.indexOf("path"));
        files.put(paths.getString(i), Optional.empty());
      }
      if (domain != null) {
        domains.put(
            domain.getDomain(),
            domain.isRemoved() ? Optional.empty() : Optional.of(domain.getConfiguration()));
      }
      if (protocol != null) {
        TableFeatures.validateKernelCanReadTheTable(protocol, table);
      }
      schemaChanged |= !metadata.isNullAt(i) || protocol != null;
    }
  }

  private static ColumnVector column(ColumnarBatch batch, String action) {
    return batch.getColumnVector(SCHEMA.indexOf(action));
  }
}
