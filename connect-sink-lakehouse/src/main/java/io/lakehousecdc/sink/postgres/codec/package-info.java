/**
 * Canonical values to the binary form of COPY: for each logical type and column type one encoder,
 * chosen once per column.
 */
package io.lakehousecdc.sink.postgres.codec;
