/**
 * Kinds of failure. A message states what is wrong, where, and what to do about it, and never holds
 * a secret.
 */
package io.lakehousecdc.sink.error;
