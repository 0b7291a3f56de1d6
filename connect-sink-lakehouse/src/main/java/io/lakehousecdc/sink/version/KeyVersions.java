// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.version;

import io.lakehousecdc.sink.change.RowKey;
import java.util.List;

/**
 * What a batch makes of the versions of one key.
 *
 * @param change number of one of its changes
 * @param spans its versions in order; among them are some that stay as they are
 */
public record KeyVersions(RowKey key, int change, List<Span> spans) {}
