/** Connections: how they are set up, what is cached in them, and what the server's errors mean. */
package io.lakehousecdc.sink.postgres.session;
