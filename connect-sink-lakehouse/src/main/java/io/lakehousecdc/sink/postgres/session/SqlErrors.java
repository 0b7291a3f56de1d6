// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The failures that the server's errors mean, by SQLSTATE.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">Error codes</a>
 */
public final class SqlErrors {
  public static final String UNIQUE_VIOLATION = "23505";
  public static final String INSUFFICIENT_PRIVILEGE = "42501";
  public static final String NOT_NULL_VIOLATION = "23502";
  public static final String CHECK_VIOLATION = "23514";
  public static final String NOT_SUPPORTED = "0A000";
  private static final String FOREIGN_KEY_VIOLATION = "23503";
  private static final String READ_ONLY = "25006";

  /** Function of the server's source that refuses a statement for a row-level security policy. */
  public static final String CHECK_ROW_SECURITY = "check_enable_rls";

  /** Function that refuses a statement whose result has other columns than when it was prepared. */
  private static final String CACHED_PLAN = "RevalidateCachedQuery";

  public static final String PROGRAM_LIMIT_EXCEEDED = "54000";

  /** Somebody changed a table or dropped our temporary ones: what was cached is wrong. */
  private static final Set<String> OUTDATED =
      Set.of("42P01", "42703", "42704", "42804", "42P10", "42P18", "26000", "3F000");

  /** Serialisation failure, deadlock, lock not available: another session was in the way. */
  private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03");

  /**
   * Read-only server (demoted, a standby, or short of disk), session or transaction idle for too
   * long, statement timeout, and XX000, which is what PostgreSQL calls a catalogue row that two
   * sessions change at once ("tuple concurrently updated").
   */
  private static final Set<String> PASSING = Set.of(READ_ONLY, "25P03", "25P04", "57014", "XX000");

  private static final Set<String> RECORD =
      Set.of("23502", "23514", "23P01", "2200G", PROGRAM_LIMIT_EXCEEDED);

  private SqlErrors() {}

  /**
   * The failure that an error means.
   *
   * @param place what was being done, such as {@code Table shop.items: merging rows}
   */
  public static TargetException classify(SQLException error, String place) {
    String state = state(error);
    String message = place + ": " + describe(error);
    ServerFailure cause = ServerFailure.of(error);
    if (passes(state)) {
      return new RetriableException(message + hint(error, state), cause);
    }
    if (state.startsWith("22") || RECORD.contains(state)) {
      return new RecordException(message, cause);
    }
    if (state.equals(FOREIGN_KEY_VIOLATION)) {
      return new OutOfOrderException(
          message
              + " The row that it refers to may come later; if it never does, drop the foreign key"
              + " in the target.",
          cause);
    }
    if (state.equals(UNIQUE_VIOLATION)) {
      return new OutOfOrderException(
          message
              + " Another row holds the value for now; if it stays, the source does not keep it"
              + " unique: drop the constraint in the target.",
          cause);
    }
    return new FatalException(message + remedy(state, routine(error)), cause);
  }

  /**
   * Whether nobody has to act for the error to go away: lost connections, failovers, a server that
   * stops, starts, recovers or has no resources left, other sessions. Settings have been checked
   * when the connector was created, so a host that cannot be found has been known before.
   */
  private static boolean passes(String state) {
    return state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57P")
        || state.startsWith("58")
        || PASSING.contains(state)
        || CONFLICTS.contains(state);
  }

  /**
   * Whether the next attempt needs a connection of its own: the server, or the way to it, may be
   * another one then. Only where another session was in the way does the present one stay good.
   */
  public static boolean needsNewConnection(SQLException error) {
    String state = state(error);
    return passes(state) && !CONFLICTS.contains(state);
  }

  private static String hint(SQLException error, String state) {
    if (has(error, UnknownHostException.class)) {
      return " The host is unknown: if it stays so, check postgres.url and the name service.";
    }
    return state.equals(READ_ONLY)
        ? " The server is read-only: a standby, or short of disk space? postgres.url has to name the"
            + " primary, or all hosts."
        : "";
  }

  private static String remedy(String state, String routine) {
    if (routine.equals(CHECK_ROW_SECURITY)) {
      return "";
    }
    return switch (state) {
      case "28P01", "28000" -> " Check postgres.user and postgres.password, and pg_hba.conf.";
      case "3D000" -> " Create the database, or name another in postgres.url.";
      case INSUFFICIENT_PRIVILEGE ->
          " Grant the user what is missing: CREATE on the database (for schemas), USAGE and CREATE on"
              + " the schema, SELECT, INSERT, UPDATE, DELETE on its tables (or make it their owner,"
              + " for schema.evolution=additive), TEMPORARY on the database.";
      case "2BP01" ->
          " Drop what depends on it (a view?), or set schema.dropped.columns to keep or null.";
      default -> "";
    };
  }

  /** Whether what the session has cached of tables no longer holds. */
  public static boolean isOutdated(SQLException error) {
    String state = state(error);
    return OUTDATED.contains(state)
        || state.equals(NOT_SUPPORTED) && routine(error).equals(CACHED_PLAN);
  }

  /** SQLSTATE of the error or of its cause; a lost connection ("08006") where it has none. */
  public static String state(SQLException error) {
    for (SQLException each = error; each != null; each = each.getNextException()) {
      if (each.getSQLState() != null) {
        return each.getSQLState();
      }
    }
    return "08006";
  }

  /** Constraint or index that refused; empty where the server named none. */
  public static String constraint(SQLException error) {
    ServerErrorMessage server = server(error);
    return server == null || server.getConstraint() == null ? "" : server.getConstraint();
  }

  /** Column that the error is about; empty where the server named none. */
  public static String column(SQLException error) {
    ServerErrorMessage server = server(error);
    return server == null || server.getColumn() == null ? "" : server.getColumn();
  }

  /**
   * Function of the server's source that raised the error, which tells apart what shares a SQLSTATE
   * in every language of its messages; empty where unknown.
   */
  public static String routine(SQLException error) {
    ServerErrorMessage server = server(error);
    return server == null || server.getRoutine() == null ? "" : server.getRoutine();
  }

  /** Outermost line of the error's context; empty where it has none. */
  public static String where(SQLException error) {
    ServerErrorMessage server = server(error);
    return server == null || server.getWhere() == null
        ? ""
        : server.getWhere().lines().reduce((first, last) -> last).orElse("");
  }

  /** What is wrong, without values of rows. */
  static String describe(SQLException error) {
    ServerErrorMessage server = server(error);
    if (server == null) {
      return error.getMessage() + " (SQLSTATE " + state(error) + ").";
    }
    StringBuilder text = new StringBuilder();
    text.append(ServerTexts.discreet(server))
        .append(" (SQLSTATE ")
        .append(server.getSQLState())
        .append(").");
    if (server.getColumn() != null) {
      text.append(" Column ").append(server.getColumn()).append('.');
    }
    return text.toString();
  }

  /** What the server said; null where it said nothing. */
  static ServerErrorMessage server(SQLException error) {
    for (SQLException each = error; each != null; each = each.getNextException()) {
      if (each instanceof PSQLException ours && ours.getServerErrorMessage() != null) {
        return ours.getServerErrorMessage();
      }
    }
    return error.getCause() instanceof PSQLException cause ? cause.getServerErrorMessage() : null;
  }

  private static boolean has(Throwable error, Class<? extends Throwable> type) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }
}
