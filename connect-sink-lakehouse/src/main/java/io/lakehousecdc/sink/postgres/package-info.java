/**
 * Tables in PostgreSQL 13 and later: rows are copied in binary form into a temporary staging table
 * and merged from there, in one transaction with the offsets. The only package that knows JDBC.
 */
package io.lakehousecdc.sink.postgres;
