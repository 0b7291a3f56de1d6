/** The shop that is written to, and the changes made to it. */
package io.lakehousecdc.quickstart.shop;
