/** Configurations of connectors, from files and from Connect. */
package io.lakehousecdc.tools.connect;
