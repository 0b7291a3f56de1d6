/** One table: its newest version, kept up with what others commit, and the commits to it. */
package io.lakehousecdc.sink.delta.table;
