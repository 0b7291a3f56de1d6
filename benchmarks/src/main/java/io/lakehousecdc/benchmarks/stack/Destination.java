// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.nio.file.Path;

/**
 * Where a sink writes.
 *
 * @param database empty at first; where the sink writes to Delta, its rows are compared in here
 * @param deltaRoot an empty directory
 */
record Destination(PostgresDatabase database, Path deltaRoot) {}
