// SPDX-License-Identifier: Apache-2.0
/**
 * Versions of rows (slowly changing dimension, type 2): where a change belongs among the versions
 * of its key. Targets read and write the versions.
 */
package io.lakehousecdc.sink.version;
