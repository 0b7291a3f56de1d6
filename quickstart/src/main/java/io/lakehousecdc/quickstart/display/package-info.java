/** What the demo shows of its state, and how. */
package io.lakehousecdc.quickstart.display;
