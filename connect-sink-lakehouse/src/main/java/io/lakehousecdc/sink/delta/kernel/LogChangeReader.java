// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.CommitActions;
import io.delta.kernel.CommitRange;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.DeltaLogActionUtils.DeltaAction;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.RemoveFile;
import io.delta.kernel.internal.data.StructRow;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The reader of a range of commits, as the difference that they make. */
final class LogChangeReader {
  private static final Set<DeltaAction> WANTED =
      EnumSet.of(
          DeltaAction.ADD,
          DeltaAction.REMOVE,
          DeltaAction.METADATA,
          DeltaAction.PROTOCOL,
          DeltaAction.DOMAINMETADATA);

  private final Map<String, Optional<DataFile>> files = new LinkedHashMap<>();
  private final Map<String, Optional<String>> domains = new HashMap<>();
  private boolean schemaChanged;

  private LogChangeReader() {}

  static LogChanges read(Engine engine, CommitRange range) {
    LogChangeReader reader = new LogChangeReader();
    try (CloseableIterator<CommitActions> commits = range.getCommitActions(engine, WANTED)) {
      while (commits.hasNext()) {
        try (CommitActions commit = commits.next()) {
          reader.read(commit);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // close() of CommitActions declares every checked exception.
      throw new IllegalStateException(e);
    }
    return new LogChanges(reader.files, reader.domains, reader.schemaChanged);
  }

  private void read(CommitActions commit) throws IOException {
    Map<String, Optional<DataFile>> added = new LinkedHashMap<>();
    try (CloseableIterator<ColumnarBatch> batches = commit.getActions()) {
      while (batches.hasNext()) {
        read(batches.next(), added);
      }
    }
    // The order of actions in a commit means nothing: a file in both lists was given another
    // vector.
    files.putAll(added);
  }

  private void read(ColumnarBatch batch, Map<String, Optional<DataFile>> added) {
    ColumnVector adds = column(batch, DeltaAction.ADD);
    ColumnVector removes = column(batch, DeltaAction.REMOVE);
    ColumnVector metadata = column(batch, DeltaAction.METADATA);
    ColumnVector protocol = column(batch, DeltaAction.PROTOCOL);
    ColumnVector domainRows = column(batch, DeltaAction.DOMAINMETADATA);
    for (int i = 0; i < batch.getSize(); i++) {
      Row add = StructRow.fromStructVector(adds, i);
      Row remove = StructRow.fromStructVector(removes, i);
      DomainMetadata domain = DomainMetadata.fromColumnVector(domainRows, i);
      if (add != null) {
        DataFile file = Actions.file(new AddFile(add));
        added.put(file.path(), Optional.of(file));
      }
      if (remove != null) {
        files.put(new RemoveFile(remove).getPath(), Optional.empty());
      }
      if (domain != null) {
        domains.put(
            domain.getDomain(),
            domain.isRemoved() ? Optional.empty() : Optional.of(domain.getConfiguration()));
      }
      schemaChanged |= !metadata.isNullAt(i) || !protocol.isNullAt(i);
    }
  }

  private static ColumnVector column(ColumnarBatch batch, DeltaAction action) {
    return batch.getColumnVector(batch.getSchema().indexOf(action.colName));
  }
}
