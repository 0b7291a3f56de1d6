/** The output of the demo: messages and the live view. */
package io.lakehousecdc.quickstart.display;
