// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.warehouse.Warehouse;

/**
 * A registered sink connector and the warehouse that it writes to.
 *
 * @param connector its name
 */
record Destination(String connector, Warehouse warehouse) {
  /** The consumer group whose offsets Connect commits for the sink. */
  String group() {
    return "connect-" + connector;
  }
}
