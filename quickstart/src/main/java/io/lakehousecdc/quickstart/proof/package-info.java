/** The comparison of source and warehouse, row by row. */
package io.lakehousecdc.quickstart.proof;
