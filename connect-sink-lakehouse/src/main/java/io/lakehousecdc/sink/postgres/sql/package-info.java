/**
 * Statements as text: the plan of how rows of a schema are written to a table, its staging table,
 * and the merge statements made of both.
 */
package io.lakehousecdc.sink.postgres.sql;
