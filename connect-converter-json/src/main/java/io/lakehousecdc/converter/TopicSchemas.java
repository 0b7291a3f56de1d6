// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import io.lakehousecdc.converter.read.KnownSchema;
import java.util.Arrays;

/**
 * The schemas that were last seen in a topic: more than one while a table changes, and where
 * several tables share a topic. Thread-safe.
 */
final class TopicSchemas {
  private static final int MOST = 16;

  private final Restraint restraint = new Restraint();
  private volatile KnownSchema[] known = {};
  private int replaced;

  /** The schema of a message; null if it is not known. */
  KnownSchema find(byte[] message) {
    for (KnownSchema candidate : known) {
      if (candidate.matches(message)) {
        restraint.used();
        return candidate;
      }
    }
    return null;
  }

  /** Whether the schema of a message that was not found should be kept. */
  boolean isWorthLearning() {
    return restraint.permits();
  }

  /** Keeps a schema, in the place of the oldest one if there are many. */
  synchronized void add(KnownSchema schema) {
    KnownSchema[] all = known;
    if (all.length < MOST) {
      all = Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = schema;
    } else {
      all = all.clone();
      all[replaced] = schema;
      replaced = (replaced + 1) % MOST;
    }
    known = all;
  }
}
