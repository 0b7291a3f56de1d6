// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.tools.erase.Finding.Place;
import io.lakehousecdc.tools.erase.KeyedRows.Tuple;
import io.lakehousecdc.tools.erase.PostgresLetters.Letter;
import io.lakehousecdc.tools.erase.PostgresLetters.Letters;
import io.lakehousecdc.tools.erase.RowStates.RowState;
import io.lakehousecdc.tools.removal.PostgresAccess;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The erasure of one key from the tables of a sink in PostgreSQL. */
final class PostgresErasure implements TargetErasure {
  private static final List<String> UNCHECKED =
      List.of(
          "staging tables of the sink are temporary, and empty after each commit",
          "_cdc_offsets holds hashes of keys that were deleted last, or whose records were"
              + " rejected",
          "the server's write-ahead log and its backups hold what was written until they expire");

  private final PostgresAccess access;
  private final Subject subject;
  private final PostgresOptions freeing;
  private final ErasureOptions wanted;
  private final TableOptions options;
  private final PgTable table;
  private final KeyedRows rows;
  private final PostgresEvidence evidence;

  private PostgresErasure(
      PostgresAccess access, Subject subject, PostgresOptions freeing, ErasureOptions wanted)
      throws SQLException {
    this.access = access;
    this.subject = subject;
    this.freeing = freeing;
    this.wanted = wanted;
    this.options = subject.sink().tables();
    this.table = access.table(subject.table(), subject.key());
    this.rows = new KeyedRows(table, options, subject.key());
    this.evidence = new PostgresEvidence(access);
  }

  static PostgresErasure open(Subject subject, PostgresOptions freeing, ErasureOptions wanted)
      throws SQLException {
    PostgresAccess access = PostgresAccess.open(subject.sink().targetSettings());
    boolean opened = false;
    try {
      PostgresErasure erasure = new PostgresErasure(access, subject, freeing, wanted);
      opened = true;
      return erasure;
    } finally {
      if (!opened) {
        access.close();
      }
    }
  }

  @Override
  public Search search() throws SQLException {
    List<Finding> findings = new ArrayList<>();
    List<String> searched = new ArrayList<>(List.of(table.id().toString()));
    Map<Tuple, RowState> found = access.transaction(place("searching"), rows::read);
    Map<Place, Long> counts = new LinkedHashMap<>();
    found
        .values()
        .forEach(row -> counts.merge(RowStates.place(options.writeMode(), row), 1L, Long::sum));
    counts.forEach((place, count) -> findings.add(Finding.of(place, table.id().toString(), count)));
    Optional<PgTable> dead = deadLetters();
    if (dead.isPresent()) {
      String name = dead.get().id().toString();
      searched.add(name);
      Letters letters =
          access.transaction(name + ": searching", new PostgresLetters(dead.get(), subject)::find);
      letters
          .about()
          .forEach(letter -> findings.add(Finding.of(Place.DEAD_LETTER, name + " " + letter, 1)));
      letters
          .unreadable()
          .forEach(
              letter ->
                  findings.add(
                      Finding.of(Place.DEAD_LETTER, name + " " + letter, 1)
                          .remaining(
                              "it is no JSON, and may be about the key: look at it, and delete it"
                                  + " by hand")));
    }
    List<String> unchecked = new ArrayList<>(UNCHECKED);
    if (freeing == PostgresOptions.VACUUM) {
      unchecked.add(
          "pages of the tables may hold bytes of deleted rows, and the planner's statistics their"
              + " values, until both are written again: run this with --vacuum-full, which locks"
              + " the tables meanwhile");
    }
    return new Search(
        findings,
        searched,
        unchecked,
        RowStates.areOfSeveralKeys(options.writeMode(), found.values()),
        RowStates.isLive(options.writeMode(), found.values()),
        RowStates.deleteLsn(options.writeMode(), found.values()));
  }

  private Optional<PgTable> deadLetters() throws SQLException {
    Optional<String> name = options.deadLetterTable();
    return name.isEmpty() ? Optional.empty() : access.table(ErasureTables.named(name.get()));
  }

  private String place(String doing) {
    return "Table " + table.id() + ": " + doing;
  }

  @Override
  public List<Finding> erase() throws SQLException {
    List<Finding> left = new ArrayList<>();
    boolean allowed =
        access.transaction(
            place("erasing"),
            connection -> {
              Map<Tuple, RowState> locked = rows.lock(connection);
              boolean mayGo =
                  wanted.evenIfLive() || !RowStates.isLive(options.writeMode(), locked.values());
              if (mayGo) {
                rows.delete(connection, locked.keySet());
              }
              return mayGo;
            });
    if (!allowed) {
      left.add(
          Finding.of(Place.ROW, table.id().toString(), 1)
              .remaining("the row has come back meanwhile: the source has it again"));
    }
    free(table.id());
    Optional<PgTable> dead = deadLetters();
    if (dead.isPresent()) {
      PostgresLetters letters = new PostgresLetters(dead.get(), subject);
      access.transaction(
          dead.get().id() + ": erasing",
          connection -> {
            List<Letter> about = letters.find(connection).about();
            letters.delete(connection, about);
            return about.size();
          });
      free(dead.get().id());
    }
    return left;
  }

  /** Outside of any transaction. Runs as long as the table is large. */
  private void free(TableId id) {
    String how = freeing == PostgresOptions.VACUUM_FULL ? "(FULL, ANALYZE)" : "(INDEX_CLEANUP ON)";
    try (Statement statement = access.connection().createStatement()) {
      statement.execute("VACUUM " + how + " " + sql(id));
    } catch (SQLException e) {
      throw SqlErrors.classify(e, "Table " + id + ": VACUUM");
    }
  }

  private static String sql(TableId id) {
    return Identifiers.qualified(id);
  }

  @Override
  public void record(Evidence run) throws SQLException {
    evidence.write(run);
  }

  @Override
  public void close() {
    access.close();
  }
}
