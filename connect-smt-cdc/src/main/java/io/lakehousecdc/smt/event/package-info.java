/**
 * The reader of one Debezium record for the transforms: the kind of event and its position at the
 * source. It understands enveloped and flattened records, with schemas and without.
 */
package io.lakehousecdc.smt.event;
