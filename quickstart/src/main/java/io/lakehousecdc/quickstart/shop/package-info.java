/** The demo's source database, a shop, and the simulator that writes to it. */
package io.lakehousecdc.quickstart.shop;
