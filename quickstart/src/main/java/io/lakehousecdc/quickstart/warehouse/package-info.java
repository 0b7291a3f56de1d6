/** Readers of the shop's tables, at the source and in each warehouse. */
package io.lakehousecdc.quickstart.warehouse;
