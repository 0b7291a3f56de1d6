// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.util;

import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;

/** Makes instances of classes that are known by name, such as codecs. */
public final class ReflectionUtils {
  private ReflectionUtils() {}

  /**
   * A new instance, which is given the configuration if it takes one.
   *
   * @throws RuntimeException what the constructor threw
   * @throws IllegalArgumentException there is no constructor without parameters
   */
  public static <T> T newInstance(Class<T> type, Configuration configuration) {
    try {
      T instance = type.getDeclaredConstructor().newInstance();
      if (instance instanceof Configurable configurable) {
        configurable.setConf(configuration);
      }
      return instance;
    } catch (ReflectiveOperationException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw new IllegalArgumentException("No instance of " + type.getName() + " can be made", e);
    }
  }
}
