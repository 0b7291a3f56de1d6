/**
 * The status of sinks for people: what is told of them, and how it is shown on a page of the worker
 * and in a terminal.
 */
package io.lakehousecdc.status;
