// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.mapreduce.lib.input;

/** Nothing but the superclass of the class that holds the names of parquet-java's read options. */
public class FileInputFormat<K, V> {}
