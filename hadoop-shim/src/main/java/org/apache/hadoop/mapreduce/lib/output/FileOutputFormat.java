// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.mapreduce.lib.output;

/** Nothing but the superclass of the class that holds the names of parquet-java's write options. */
public class FileOutputFormat<K, V> {}
