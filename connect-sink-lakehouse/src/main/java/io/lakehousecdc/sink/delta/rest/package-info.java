/**
 * Object stores that are spoken to by plain HTTP requests: one {@link
 * io.lakehousecdc.sink.delta.storage.FileIO} over the few requests that each such store answers,
 * and the client that sends, repeats and counts them.
 */
package io.lakehousecdc.sink.delta.rest;
