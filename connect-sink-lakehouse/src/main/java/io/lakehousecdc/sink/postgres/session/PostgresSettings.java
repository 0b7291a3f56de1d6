// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/** The settings of this target. Does not print its values: one is a secret. */
public final class PostgresSettings {
  public static final String URL = "postgres.url";
  public static final String USER = "postgres.user";
  public static final String PASSWORD = "postgres.password";
  private static final String SCHEMA = "postgres.schema";
  private static final String OFFSETS_SCHEMA = "postgres.offsets.schema";
  private static final String OFFSETS_TABLE = "postgres.offsets.table";
  private static final String FILLFACTOR = "postgres.fillfactor";
  private static final String CONNECT_TIMEOUT = "postgres.connect.timeout.ms";
  private static final String SOCKET_TIMEOUT = "postgres.socket.timeout.ms";
  private static final String STATEMENT_TIMEOUT = "postgres.statement.timeout.ms";
  private static final String LOCK_TIMEOUT = "postgres.lock.timeout.ms";
  private static final String MAINTENANCE_BYTES = "postgres.maintenance.min.bytes";
  private static final String REWRITE_BYTES = "schema.rewrite.max.bytes";
  private static final String STAGING_TABLES = "postgres.staging.tables.max";
  private static final String SESSION_AGE = "postgres.session.max.age.ms";
  private static final String SESSION_TRANSACTIONS = "postgres.session.max.transactions";

  public static final String CURRENT_VIEW = "postgres.history.current.view";

  public static final List<Setting> ALL =
      List.of(
          Setting.required(
              URL,
              Kind.TEXT,
              "JDBC URL of the warehouse, such as jdbc:postgresql://host:5432/dwh?sslmode=verify-full;"
                  + " takes the driver's parameters, and several hosts, of which the primary is"
                  + " used (targetServerType=primary unless it says otherwise). Connect shows it in"
                  + " its log and REST interface: passwords belong in postgres.password."),
          Setting.optional(USER, Kind.TEXT, "postgres", "User that writes the tables."),
          Setting.optional(PASSWORD, Kind.SECRET, null, "Password of that user."),
          Setting.optional(SCHEMA, Kind.TEXT, "public", "Schema of tables whose names have none."),
          Setting.optional(
              OFFSETS_SCHEMA,
              Kind.TEXT,
              "public",
              "Schema of the tables that hold offsets, histories of sources, truncate positions and"
                  + " pending sweeps."),
          Setting.optional(
              OFFSETS_TABLE,
              Kind.TEXT,
              "_cdc_offsets",
              "Table that holds the offsets, committed together with the rows."),
          Setting.optional(
              FILLFACTOR,
              Kind.INTEGER,
              "90",
              "Fill factor, 10 to 100, of tables that are created: room on each page lets an updated"
                  + " row stay on it."),
          Setting.optional(
              CURRENT_VIEW,
              Kind.BOOLEAN,
              "false",
              "Whether each table that is created, if write.mode is history, gets a view of the rows"
                  + " as they are now, <table>_current. Columns that the table gets later are added"
                  + " to it."),
          Setting.optional(
              CONNECT_TIMEOUT,
              Kind.INTEGER,
              "10000",
              "Longest wait for a connection, for each host."),
          Setting.optional(
              SOCKET_TIMEOUT,
              Kind.INTEGER,
              "300000",
              "Longest wait for the server's answer before the connection counts as lost; 0 sets"
                  + " no limit."),
          Setting.optional(
              STATEMENT_TIMEOUT,
              Kind.INTEGER,
              "240000",
              "Longest time of one statement, after which it is retried; 0 sets no limit. Statements"
                  + " on whole tables (truncates, sweeps, changes of columns) have none."),
          Setting.optional(
              LOCK_TIMEOUT,
              Kind.INTEGER,
              "60000",
              "Longest wait for a lock of another session, after which the commit is retried;"
                  + " 0 sets no limit."),
          Setting.optional(
              MAINTENANCE_BYTES,
              Kind.INTEGER,
              "67108864",
              "Size of a table from which on truncates, sweeps and the clearing of dropped columns"
                  + " are done in many small transactions instead of the commit's."),
          Setting.optional(
              REWRITE_BYTES,
              Kind.INTEGER,
              "1073741824",
              "Largest size of a table, indexes included, that is rewritten to widen a column, such"
                  + " as integer to bigint; for a larger one the task fails with the statement to"
                  + " run."),
          Setting.optional(
              STAGING_TABLES,
              Kind.INTEGER,
              "300",
              "Temporary staging tables that a task keeps, one for each table and form of its rows;"
                  + " beyond them the least recently used are dropped. Each takes a little time of"
                  + " every commit, and creating one changes the server's catalogue."),
          Setting.optional(
              SESSION_AGE,
              Kind.INTEGER,
              "3600000",
              "Age at which a task's session is replaced by a new one between commits, because its"
                  + " staging tables keep the database from freezing old transaction ids; 0 sets no"
                  + " limit."),
          Setting.optional(
              SESSION_TRANSACTIONS,
              Kind.INTEGER,
              "10000000",
              "Transactions of the whole server after which a session is replaced likewise; 0 sets"
                  + " no limit."));

  private final TargetSettings settings;

  public PostgresSettings(TargetSettings settings) {
    this.settings = settings;
  }

  public String url() {
    return settings.text(URL);
  }

  public TableOptions tables() {
    return settings.tables();
  }

  /** The table with the default schema where it has none. */
  public TableId resolved(TableId table) {
    return table.schema().isEmpty() ? new TableId(settings.text(SCHEMA), table.name()) : table;
  }

  public TableId offsetsTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), settings.text(OFFSETS_TABLE));
  }

  public TableId historiesTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), "_cdc_histories");
  }

  public TableId columnsTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), "_cdc_columns");
  }

  public TableId progressTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), "_cdc_progress");
  }

  public TableId statusTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), "_cdc_status");
  }

  public TableId truncatesTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), "_cdc_truncates");
  }

  public TableId sweepsTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), "_cdc_sweeps");
  }

  public TableId sweepWorkTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), "_cdc_sweep_work");
  }

  public TableId createdTablesTable() {
    return new TableId(settings.text(OFFSETS_SCHEMA), "_cdc_created");
  }

  public int fillfactor() {
    return (int) settings.number(FILLFACTOR);
  }

  /** Whether tables of versions get a view of the current ones. */
  public boolean createsCurrentView() {
    return settings.flag(CURRENT_VIEW);
  }

  int maxStagingTables() {
    return (int) settings.number(STAGING_TABLES);
  }

  /** Zero for no limit. */
  public Duration sessionMaxAge() {
    return Duration.ofMillis(settings.number(SESSION_AGE));
  }

  long sessionMaxTransactions() {
    return settings.number(SESSION_TRANSACTIONS);
  }

  Duration connectTimeout() {
    return Duration.ofMillis(settings.number(CONNECT_TIMEOUT));
  }

  long statementTimeoutMillis() {
    return settings.number(STATEMENT_TIMEOUT);
  }

  public long lockTimeoutMillis() {
    return settings.number(LOCK_TIMEOUT);
  }

  /** Size in bytes from which on work on a whole table is done in transactions of its own. */
  public long maintenanceBytes() {
    return settings.number(MAINTENANCE_BYTES);
  }

  /** Largest size in bytes of a table that is rewritten. */
  public long rewriteBytes() {
    return settings.number(REWRITE_BYTES);
  }

  /** Properties for the driver; those in the URL outrank them. */
  public Properties driverProperties() {
    Properties properties = new Properties();
    put(properties, "user", settings.text(USER));
    put(properties, "password", settings.text(PASSWORD));
    put(properties, "socketTimeout", seconds(SOCKET_TIMEOUT));
    // Details quote rows; SqlErrors reads them where values may be told.
    properties.putIfAbsent("logServerErrorDetail", "false");
    // A standby would take the session, and refuse the first write.
    properties.putIfAbsent("targetServerType", "primary");
    properties.putIfAbsent("tcpKeepAlive", "true");
    properties.putIfAbsent("socketFactory", WatchfulSockets.class.getName());
    properties.putIfAbsent("ApplicationName", "lakehousecdc");
    return properties;
  }

  private String seconds(String key) {
    long millis = settings.number(key);
    return Long.toString((millis + 999) / 1000);
  }

  private static void put(Properties properties, String name, String value) {
    if (value != null) {
      properties.setProperty(name, value);
    }
  }
}
