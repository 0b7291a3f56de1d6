// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

/** Access to one member of a Struct or Map. A null is not replaced by the member's default. */
@FunctionalInterface
public interface Member {
  /** A member that does not exist; always null. */
  Member NONE = container -> null;

  Object of(Object container);
}
