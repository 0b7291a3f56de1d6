// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.mapreduce;

/** Nothing but the superclass of a reader of parquet-java's that is never made. */
public abstract class RecordReader<K, V> {}
