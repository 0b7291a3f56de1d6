/** The steps of the quickstart, and the pipeline that it runs. */
package io.lakehousecdc.quickstart.demo;
