/**
 * Where the bytes of Delta tables lie: one {@link io.lakehousecdc.sink.delta.storage.FileIO} per
 * kind of store, and its adapter to Delta Kernel.
 */
package io.lakehousecdc.sink.delta.storage;
