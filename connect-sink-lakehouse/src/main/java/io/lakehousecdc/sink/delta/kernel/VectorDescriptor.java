// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/**
 * The place where a deletion vector is stored.
 *
 * @param storage {@code u} for a file named by a UUID below the table, {@code p} for an absolute
 *     path, {@code i} for one that is in the log itself
 * @param pathOrInline the UUID, the path or the content, encoded as the protocol wants it
 * @param offset of the size field in the file; empty where inline
 * @param size length of the serialised vector in bytes
 * @param cardinality number of rows that it removes
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Deletion
 *     Vector Descriptor</a>
 */
public record VectorDescriptor(
    String storage, String pathOrInline, OptionalInt offset, int size, long cardinality) {
  public VectorDescriptor {
    requireNonNull(storage, "storage");
    requireNonNull(pathOrInline, "pathOrInline");
    requireNonNull(offset, "offset");
  }
}
