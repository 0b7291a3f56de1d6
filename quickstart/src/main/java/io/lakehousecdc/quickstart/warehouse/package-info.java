/** The shop's tables where they are read: at the source and in each warehouse. */
package io.lakehousecdc.quickstart.warehouse;
