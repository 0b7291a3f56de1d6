package io.lakehousecdc.sink.target;

/**
 * Who opens a target.
 *
 * @param connector name of the connector: partition states are kept under it
 * @param task number of the task within the connector, for names of threads and files
 */
public record TargetContext(String connector, int task) {}
