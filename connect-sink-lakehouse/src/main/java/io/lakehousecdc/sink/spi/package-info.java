/**
 * The service provider interface that a target implements. A new target is one package beside this
 * one, one line in the list of factories and one subclass of the {@code TargetContract} test suite.
 */
package io.lakehousecdc.sink.spi;
