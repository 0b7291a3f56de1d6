/**
 * The comparison of a connector's tables with those of its source, while both change. Rows are
 * compared by sums of hashes that both sides compute where they lie; what differs is narrowed down
 * to keys, and looked at again until it is equal or proven different.
 */
package io.lakehousecdc.tools.reconcile;
