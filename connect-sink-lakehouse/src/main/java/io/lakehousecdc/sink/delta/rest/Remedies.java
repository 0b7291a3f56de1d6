// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

/** What is said of a store that cannot be used. */
public interface Remedies {

  /** What the store is called, with the account or endpoint. */
  String store();

  /** What to do about a store that lets a second writer replace a file. */
  String ignoredCondition();

  /**
   * What is wrong and what to do where the store refuses a request.
   *
   * @param attempt what the sink tried, such as "write"
   */
  String refused(String attempt, RefusedException refusal);

  /** What to do where there are no credentials. */
  String noCredentials();

  /** What to do where the store's host cannot be found or reached. */
  String unreachable();
}
