// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.session.Connections;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.store.StatusStore;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetFactory;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The factory of {@link PostgresTarget}s. */
public final class PostgresTargetFactory implements TargetFactory {
  private static final Duration STATUS_PATIENCE = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public List<Setting> settings() {
    return PostgresSettings.ALL;
  }

  @Override
  public Visibility visibility() {
    return Visibility.TOGETHER;
  }

  /**
   * Small, frequent flushes: larger ones gain nothing here and make readers wait for fresh rows.
   */
  @Override
  public FlushDefaults flushDefaults() {
    return new FlushDefaults(500, true, 10_000, 64L << 20);
  }

  @Override
  public List<SettingProblem> validate(TargetSettings settings) {
    PostgresSettings own = new PostgresSettings(settings);
    List<SettingProblem> problems = new ArrayList<>(Preflight.problems(own));
    if (own.createsCurrentView() && settings.tables().history().isEmpty()) {
      problems.add(
          new SettingProblem(
              PostgresSettings.CURRENT_VIEW, "has a meaning only where write.mode=history"));
    }
    return problems;
  }

  @Override
  public List<TableStatus> status(TargetSettings settings, String connector) {
    PostgresSettings own = new PostgresSettings(settings);
    StatusStore store = new StatusStore(own.statusTable(), connector);
    try (Connection connection = Connections.open(own, STATUS_PATIENCE)) {
      return new Catalog(connection).table(store.table()).isEmpty()
          ? List.of()
          : store.read(connection);
    } catch (SQLException e) {
      throw SqlErrors.classify(e, "Reading the status of tables");
    }
  }

  @Override
  public Target open(TargetSettings settings, TargetContext context) {
    return new PostgresTarget(new PostgresSettings(settings), context);
  }
}
