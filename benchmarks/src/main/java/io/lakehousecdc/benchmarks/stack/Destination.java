// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.nio.file.Path;

/**
 * The destination of a sink.
 *
 * @param database empty at first; rows of a Delta table are copied here to be compared
 * @param deltaRoot an empty directory
 */
record Destination(PostgresDatabase database, Path deltaRoot) {}
