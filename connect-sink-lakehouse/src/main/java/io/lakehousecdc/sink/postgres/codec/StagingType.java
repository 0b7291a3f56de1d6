// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

/**
 * Built-in types that have a binary encoder here, and so may be columns of a staging table. Their
 * OIDs are fixed by PostgreSQL's {@code pg_type.dat}.
 */
public enum StagingType {
  BOOL("boolean", 16),
  BYTEA("bytea", 17),
  INT8("bigint", 20),
  INT2("smallint", 21),
  INT4("integer", 23),
  TEXT("text", 25),
  JSON("json", 114),
  FLOAT4("real", 700),
  FLOAT8("double precision", 701),
  DATE("date", 1082),
  TIME("time", 1083),
  TIMESTAMP("timestamp", 1114),
  TIMESTAMPTZ("timestamptz", 1184),
  VARBIT("varbit", 1562),
  NUMERIC("numeric", 1700),
  UUID("uuid", 2950),
  JSONB("jsonb", 3802);

  private final String sql;
  private final int oid;

  StagingType(String sql, int oid) {
    this.sql = sql;
    this.oid = oid;
  }

  String sql() {
    return sql;
  }

  boolean isVariable() {
    return switch (this) {
      case BYTEA, TEXT, JSON, JSONB, VARBIT, NUMERIC -> true;
      case BOOL, INT8, INT2, INT4, FLOAT4, FLOAT8, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, UUID ->
          false;
    };
  }

  int oid() {
    return oid;
  }
}
