// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.delta.kernel.CommitConflictException;

/**
 * What was planned is for a version that is not the newest. Nothing was tried: it is to be done
 * again, which begins with what others have committed.
 */
final class OutdatedVersionException extends CommitConflictException {
  private static final long serialVersionUID = 1L;

  OutdatedVersionException(String location, long version) {
    super(location + " is no longer at version " + version);
  }
}
