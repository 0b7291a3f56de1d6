/**
 * What keeps a Delta table fast and small: compaction of files, checkpoints, removal of what no
 * version needs any more. Works on files and log; when and under which lock is the table's matter.
 */
package io.lakehousecdc.sink.delta.maintenance;
