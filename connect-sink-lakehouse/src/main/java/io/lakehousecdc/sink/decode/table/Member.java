// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

/** Takes one member out of a Struct or Map, as it was sent: null is not replaced by a default. */
@FunctionalInterface
public interface Member {
  /** A member that the layout does not have. */
  Member NONE = container -> null;

  Object of(Object container);
}
