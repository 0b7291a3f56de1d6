/**
 * The order of a source's changes, as the sink and the transforms both see it: positions, and the
 * histories that they belong to. Needs the JDK alone.
 */
package io.lakehousecdc.order;
