/** The comparison of both ends, row by row. */
package io.lakehousecdc.quickstart.proof;
