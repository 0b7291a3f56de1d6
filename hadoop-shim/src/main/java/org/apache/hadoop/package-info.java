// SPDX-License-Identifier: Apache-2.0
/**
 * Hadoop's names for those who do without Hadoop: the classes that parquet-java and Delta Kernel's
 * default engine link to on their way through a file, and no others. They stand in for 50 MB of
 * jars of which a Connect plugin would use a map of settings and a pool of compressors.
 *
 * <ul>
 *   <li>{@code conf}: settings, as a map
 *   <li>{@code io.compress}: what parquet-java's codecs for Snappy, Zstandard and LZ4_RAW
 *       implement, the pool that lends them out, and gzip, which parquet-java takes from Hadoop
 *   <li>{@code fs}, {@code mapreduce}: names in signatures and superclasses that the JVM wants to
 *       see when it checks a class; they do next to nothing
 * </ul>
 *
 * <p><b>Why not a library without them.</b> Readers and writers of parquet-java 1.18 no longer ask
 * for a configuration or a file system, but their codecs still implement Hadoop's interfaces, and
 * its write support names {@code Configuration} (<a
 * href="https://github.com/apache/parquet-java/issues/2818">parquet-java 2818</a>, <a
 * href="https://github.com/apache/parquet-java/issues/1497">1497</a>). A codec factory of one's own
 * could be given to our own readers and writers, but not to those of Delta Kernel's default engine,
 * which reads checkpoints. Parquet libraries that are written anew want Java 21 or only read.
 *
 * <p><b>With a real Hadoop beside it.</b> Connect loads a plugin's classes from the plugin first,
 * but for the JDK's, Kafka's and SLF4J's ({@code PluginUtils.shouldLoadInIsolation}): so the plugin
 * has these, while the worker and other plugins have whatever Hadoop they bring. A name that is
 * missing here is looked up in the worker, whose classes know other interfaces. Codecs that
 * parquet-java knows by a Hadoop name are therefore all here, be it to refuse.
 *
 * <p>Where a real Hadoop is on the same class path, as in Spark, leave this module out.
 */
package org.apache.hadoop;
