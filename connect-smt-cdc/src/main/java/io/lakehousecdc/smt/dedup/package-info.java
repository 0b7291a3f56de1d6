/**
 * Decides, key by key, whether a change has been seen before. Nothing here touches a record: the
 * transform turns a {@link io.lakehousecdc.smt.dedup.Verdict} into a dropped or a marked one.
 */
package io.lakehousecdc.smt.dedup;
