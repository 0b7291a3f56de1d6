// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.fs;

/**
 * The name of a file. It stands in signatures, and is never asked for a file: the sink and Delta
 * Kernel read and write through file systems of their own.
 */
public class Path {
  private final String location;

  public Path(String location) {
    this.location = location;
  }

  public Path(String directory, String name) {
    this(directory + "/" + name);
  }

  /** What follows the last slash. */
  public String getName() {
    return location.substring(location.lastIndexOf('/') + 1);
  }

  @Override
  public String toString() {
    return location;
  }
}
