// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class SqlErrorsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08000", "08001", "08006", "40001", "40P01", "53100", "53200", "53300", "55P03", "57014",
        "57P01", "57P02", "57P03", "57P05", "58030", "25P03", "25006", "XX000"
      })
  void passingConditionsAreRetriable(String state) {
    assertInstanceOf(RetriableException.class, classified(state));
  }

  @ParameterizedTest
  @ValueSource(strings = {"22001", "22003", "22008", "22021", "22P02", "22P05", "23502", "23514"})
  void valuesThatDoNotFitAreOfTheRecord(String state) {
    assertInstanceOf(RecordException.class, classified(state));
  }

  @ParameterizedTest
  @ValueSource(strings = {"23503", "23505"})
  void constraintsAcrossRowsMayHoldLater(String state) {
    assertInstanceOf(OutOfOrderException.class, classified(state));
  }

  @ParameterizedTest
  @ValueSource(strings = {"28P01", "3D000", "42501", "42601", "0A000", "XX001"})
  void everythingElseIsFatal(String state) {
    assertInstanceOf(FatalException.class, classified(state));
  }

  @Test
  void errorWithoutStateIsALostConnection() {
    assertInstanceOf(
        RetriableException.class, SqlErrors.classify(new SQLException("reset"), "Table t"));
  }

  @Test
  void unknownHostMayBeKnownAgain() {
    SQLException error = new SQLException("failed", "08001", new UnknownHostException("nowhere"));
    TargetException failure = SqlErrors.classify(error, "Connecting");
    assertInstanceOf(RetriableException.class, failure);
    assertTrue(failure.getMessage().contains("postgres.url"), failure::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "57P01", "57P03", "25006", "53100", "57014"})
  void whatMayLeadToAnotherServerNeedsANewConnection(String state) {
    assertTrue(SqlErrors.needsNewConnection(new SQLException("refused", state)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01", "55P03", "23505", "22001", "42P01"})
  void whatOthersOrTheRowsCauseLeavesTheConnection(String state) {
    assertFalse(SqlErrors.needsNewConnection(new SQLException("refused", state)));
  }

  @Test
  void stateOfABatchIsThatOfItsCause() {
    BatchUpdateException batch = new BatchUpdateException("batch", null, new int[0]);
    batch.setNextException(new SQLException("deadlock", "40P01"));
    assertInstanceOf(RetriableException.class, SqlErrors.classify(batch, "Table t"));
  }

  @Test
  void messageNamesPlaceStateAndRemedy() {
    String message = classified("42501").getMessage();
    assertTrue(message.startsWith("Table t: "), message);
    assertTrue(message.contains("42501"), message);
    assertTrue(message.contains("Grant"), message);
  }

  @Test
  void changedTablesMakeCachesOutdated() {
    assertTrue(SqlErrors.isOutdated(new SQLException("no table", "42P01")));
    assertTrue(SqlErrors.isOutdated(new SQLException("no column", "42703")));
    assertTrue(
        SqlErrors.isOutdated(
            new PSQLException(
                new ServerErrorMessage(
                    "C0A000\0Mzwischengespeicherter Plan darf den Ergebnistyp nicht \u00e4ndern\0"
                        + "RRevalidateCachedQuery\0"))));
    assertFalse(SqlErrors.isOutdated(new SQLException("not supported", "0A000")));
    assertEquals("08006", SqlErrors.state(new SQLException("reset")));
  }

  private static TargetException classified(String state) {
    return SqlErrors.classify(new SQLException("refused", state), "Table t");
  }
}
