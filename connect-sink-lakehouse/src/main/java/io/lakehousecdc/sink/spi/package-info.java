/**
 * What a warehouse has to offer to be a target. A new target is one package beside this one, one
 * line in the list of factories and one subclass of the {@code TargetContract} test suite.
 */
package io.lakehousecdc.sink.spi;
