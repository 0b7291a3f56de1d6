/** Commands beside the worker: they compare, report and erase. */
package io.lakehousecdc.tools;
