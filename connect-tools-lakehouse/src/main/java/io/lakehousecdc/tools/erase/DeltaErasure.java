// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.delta.ReadTables;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.IndexDirectory;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.tools.UsageException;
import io.lakehousecdc.tools.erase.DeltaTableErasure.Found;
import io.lakehousecdc.tools.erase.Finding.Place;
import io.lakehousecdc.tools.erase.RowStates.RowState;
import io.lakehousecdc.tools.removal.StoredPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/** The erasure of one key from the Delta tables of a sink. */
final class DeltaErasure implements TargetErasure {
  private final ReadTables tables;
  private final Subject subject;
  private final DeltaSettings settings;
  private final TableOptions options;
  private final ErasureOptions wanted;
  private final DeltaEvidence evidence;
  private final DeltaTableErasure rows;
  private final Optional<DeltaTableErasure> letters;
  private final String location;
  private boolean held;

  private DeltaErasure(
      ReadTables tables, Subject subject, DeltaSettings settings, ErasureOptions wanted)
      throws IOException {
    this.tables = tables;
    this.subject = subject;
    this.settings = settings;
    this.options = subject.sink().tables();
    this.wanted = wanted;
    this.location = tables.location(subject.table());
    this.evidence = new DeltaEvidence(tables.store(), settings, options);
    WriteOptions writing = settings.writeOptions();
    this.rows =
        new DeltaTableErasure(
            new DeltaPlace(tables.store(), location, options),
            writing,
            RowMatch.key(subject.key()),
            wanted,
            evidence.pendingLog(subject));
    this.letters =
        options
            .deadLetterTable()
            .map(
                name ->
                    new DeltaTableErasure(
                        new DeltaPlace(
                            tables.store(), tables.location(ErasureTables.named(name)), options),
                        writing,
                        RowMatch.letters(subject),
                        wanted,
                        -1));
  }

  static DeltaErasure open(Subject subject, ErasureOptions wanted) throws IOException {
    ReadTables tables = ReadTables.open(subject.sink().targetSettings());
    boolean opened = false;
    try {
      DeltaErasure erasure =
          new DeltaErasure(
              tables, subject, DeltaSettings.of(subject.sink().targetSettings()), wanted);
      opened = true;
      return erasure;
    } finally {
      if (!opened) {
        tables.close();
      }
    }
  }

  @Override
  public Search search() throws IOException {
    Found found = rows.search(rowPlace());
    ReadTable table =
        found
            .table()
            .orElseThrow(
                () -> new UsageException("There is no Delta table " + subject.table() + "."));
    List<RowState> states = states(table);
    List<Finding> findings = new ArrayList<>();
    for (Finding finding : found.findings()) {
      boolean isSoft = finding.place() == Place.ROW && isSoftDeleted(states);
      findings.add(
          isSoft ? Finding.of(Place.SOFT_DELETED_ROW, finding.where(), finding.count()) : finding);
    }
    List<String> searched = new ArrayList<>(found.searched());
    List<String> unchecked = new ArrayList<>(unchecked(rows, ""));
    if (letters.isPresent()) {
      String prefix = options.deadLetterTable().orElseThrow() + ": ";
      Found dead = letters.get().search(Place.DEAD_LETTER);
      List<Finding> inLetters = new ArrayList<>(dead.findings());
      if (dead.table().isPresent()) {
        inLetters.addAll(DeltaLetters.unreadable(dead.table().get(), subject));
      }
      inLetters.forEach(
          each ->
              findings.add(
                  new Finding(each.place(), prefix + each.where(), each.count(), each.remains())));
      dead.searched().forEach(each -> searched.add(prefix + each));
      unchecked.addAll(unchecked(letters.get(), prefix));
    }
    held = !findings.isEmpty();
    index(findings, unchecked);
    return new Search(
        findings,
        searched,
        unchecked,
        RowStates.areOfSeveralKeys(options.writeMode(), states),
        RowStates.isLive(options.writeMode(), states),
        RowStates.deleteLsn(options.writeMode(), states));
  }

  private Place rowPlace() {
    return switch (options.writeMode()) {
      case APPEND -> Place.LOG_ROW;
      case HISTORY -> Place.VERSION;
      case UPSERT -> Place.ROW;
    };
  }

  private boolean isSoftDeleted(List<RowState> states) {
    return options.writeMode() == WriteMode.UPSERT
        && !states.isEmpty()
        && states.stream().allMatch(RowState::deleted);
  }

  private List<String> unchecked(DeltaTableErasure erasure, String prefix) {
    List<String> unchecked = new ArrayList<>();
    long underWay = erasure.files().unfinished().size();
    if (underWay > 0) {
      unchecked.add(prefix + underWay + " files are being written; commits will tell of them");
    }
    return unchecked;
  }

  /** A cache, which the sink makes again. It holds hashes of keys beside what they were made by. */
  private void index(List<Finding> findings, List<String> unchecked) {
    if (settings.index().directory().isEmpty()) {
      return;
    }
    Path file = indexFile();
    if (!Files.exists(file)) {
      unchecked.add(
          "workers keep hashed keys in files "
              + file.getFileName()
              + " of delta.index.dir, written anew when a task stops; there is none on this"
              + " machine");
    } else if (held) {
      findings.add(Finding.of(Place.KEY_INDEX, file.toString(), 0));
    }
  }

  private Path indexFile() {
    return settings.index().directory().orElseThrow().resolve(IndexDirectory.name(location));
  }

  /** What the rows of the key that the table shows tell of the source. */
  private List<RowState> states(ReadTable table) throws IOException {
    TableShape shape = table.shape();
    List<DeltaColumn> columns = new ArrayList<>(shape.positionColumns());
    boolean hasPosition = !columns.isEmpty();
    int deleted = added(columns, shape, shape.deletedPlace());
    int current =
        added(
            columns,
            shape,
            options
                .history()
                .map(HistoryOptions::columns)
                .map(own -> shape.place(own.current()))
                .orElse(-1));
    List<RowState> states = new ArrayList<>();
    for (LiveFile file : table.files()) {
      RoaringBitmap live = RoaringBitmap.andNot(rows.files().rows(file), file.deleted());
      table
          .rowFiles()
          .readFewColumns(
              file,
              live,
              columns.isEmpty() ? shape.columns() : columns,
              (row, cells) ->
                  states.add(
                      new RowState(
                          deleted >= 0 && Boolean.TRUE.equals(cells[deleted]),
                          current >= 0 && Boolean.TRUE.equals(cells[current]),
                          hasPosition
                              ? StoredPosition.of(cells[0], cells[1], cells[2])
                              : StoredPosition.NONE)));
    }
    return states;
  }

  private static int added(List<DeltaColumn> columns, TableShape shape, int place) {
    if (place >= 0) {
      columns.add(shape.columns().get(place));
    }
    return place >= 0 ? columns.size() - 1 : -1;
  }

  @Override
  public List<Finding> erase() throws IOException {
    List<Finding> left = new ArrayList<>(rows.erase(this::mayBeErased));
    if (letters.isPresent()) {
      String prefix = options.deadLetterTable().orElseThrow() + ": ";
      for (Finding each : letters.get().erase(table -> true)) {
        left.add(new Finding(each.place(), prefix + each.where(), each.count(), each.remains()));
      }
    }
    if (held && settings.index().directory().isPresent()) {
      Files.deleteIfExists(indexFile());
    }
    return left;
  }

  private boolean mayBeErased(ReadTable table) {
    try {
      return wanted.evenIfLive() || !RowStates.isLive(options.writeMode(), states(table));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void record(Evidence run) {
    evidence.write(run);
  }

  @Override
  public long pendingLog() {
    return rows.pending();
  }

  @Override
  public void close() {
    try {
      evidence.close();
    } finally {
      tables.close();
    }
  }
}
