// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.mapreduce;

/** Nothing but a name in signatures that the JVM checks. */
public interface JobContext {}
