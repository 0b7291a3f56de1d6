// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/** How sources that feed one table are related. */
public enum SourceRelation {
  /** Not told. Where it matters, it has to be. */
  AUTO,
  /** Each holds other rows of the table. */
  SHARDS,
  /** Each replaces those before it: a new cluster, or a new connector under another prefix. */
  SUCCESSORS
}
