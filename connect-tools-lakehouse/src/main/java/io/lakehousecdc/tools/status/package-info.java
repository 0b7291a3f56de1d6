/** The command that prints the status of a sink. */
package io.lakehousecdc.tools.status;
