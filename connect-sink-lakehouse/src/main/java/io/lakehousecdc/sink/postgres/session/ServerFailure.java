// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import io.lakehousecdc.sink.error.Discreet;
import java.sql.SQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * An error of the server or its driver without values of rows in its message. It stands in the
 * chain of causes for the error itself, whose message may quote them.
 */
public final class ServerFailure extends SQLException implements Discreet {
  private static final long serialVersionUID = 1L;

  private final String values;

  private ServerFailure(String message, String state, String values, Throwable cause) {
    super(message, state, cause);
    this.values = values;
  }

  /** What may be told of the error to everybody. */
  public static ServerFailure of(SQLException error) {
    ServerErrorMessage server = SqlErrors.server(error);
    ServerFailure failure =
        new ServerFailure(
            SqlErrors.describe(error),
            SqlErrors.state(error),
            server == null ? "" : ServerTexts.complete(server),
            error.getCause() instanceof SQLException ? null : error.getCause());
    failure.setStackTrace(error.getStackTrace());
    return failure;
  }

  @Override
  public String values() {
    return values;
  }
}
