// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.sql.SQLException;

/** The probe of a table that holds every version of a row, of which the current ones count. */
record CurrentRows(Probe versions, PostgresDatabase database, Shape shape) implements Probe {

  @Override
  public boolean lastRowIsVisible() throws SQLException, IOException {
    return versions.lastRowIsVisible();
  }

  @Override
  public long highestId() throws SQLException, IOException {
    return versions.highestId();
  }

  /** For once: it puts a view of the current rows in the place of the table. */
  @Override
  public String fingerprint() throws SQLException, IOException {
    database.execute(
        "alter table orders rename to order_versions",
        "create view orders as select %s from order_versions where is_current"
            .formatted(String.join(", ", shape.columns())));
    return versions.fingerprint();
  }

  @Override
  public void close() throws SQLException {
    versions.close();
  }
}
