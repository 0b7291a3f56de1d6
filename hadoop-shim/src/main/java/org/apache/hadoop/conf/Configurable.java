// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.conf;

/** A thing that is given a configuration, as parquet-java's codecs are. */
public interface Configurable {
  void setConf(Configuration configuration);

  /** What was set last, or null. */
  Configuration getConf();
}
