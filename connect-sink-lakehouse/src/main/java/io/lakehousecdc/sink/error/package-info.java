/**
 * The kinds of failure of a target. A message states what is wrong, where, and what to do, and
 * never holds a secret.
 */
package io.lakehousecdc.sink.error;
