/** A target that keeps everything in memory: the model of the contract, and a fake for tests. */
package io.lakehousecdc.sink.memory;
