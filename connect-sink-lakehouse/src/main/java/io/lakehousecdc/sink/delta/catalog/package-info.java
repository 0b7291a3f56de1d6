/**
 * Catalogues that tables are registered in: Unity Catalog and AWS Glue. All of it happens beside
 * the commits, none of which depends on it.
 */
package io.lakehousecdc.sink.delta.catalog;
