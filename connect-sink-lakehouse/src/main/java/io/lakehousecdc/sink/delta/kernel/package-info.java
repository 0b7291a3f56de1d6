/**
 * The Delta log: snapshots, commits and deletion vectors. The only package that reaches into Delta
 * Kernel's internals, so that a new version of Kernel is a change of this package.
 */
package io.lakehousecdc.sink.delta.kernel;
