/**
 * The removal of rows by key, beside a running sink, on either target. A row is removed only while
 * it is still the one that was looked at.
 */
package io.lakehousecdc.tools.removal;
