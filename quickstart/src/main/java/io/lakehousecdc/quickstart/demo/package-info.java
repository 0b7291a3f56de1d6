/** The story that the quickstart tells, and the pipeline that it runs. */
package io.lakehousecdc.quickstart.demo;
