/**
 * Reads what the transforms need from one Debezium record: its kind, and where it stands at the
 * source. Knows enveloped and flattened records, with schemas and without.
 */
package io.lakehousecdc.smt.event;
