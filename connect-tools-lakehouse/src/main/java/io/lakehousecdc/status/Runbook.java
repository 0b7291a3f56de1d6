// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

/** The entries of the project's documents that tell what to do. */
public enum Runbook {
  TASK_FAILED("OPERATIONS.md#a-connector-or-task-failed", "A connector or task failed"),
  LATE("OPERATIONS.md#troubleshooting", "Troubleshooting"),
  SKIPPED("OPERATIONS.md#skipped-changes", "Skipped changes"),
  REJECTED("DEAD-LETTERS.md", "Dead letters"),
  DIFFERENT("OPERATIONS.md#re-snapshot", "Re-snapshot"),
  UNREADABLE("OPERATIONS.md#status", "Status");

  private final String path;
  private final String title;

  Runbook(String path, String title) {
    this.path = path;
    this.title = title;
  }

  /** Path below the documentation, with the heading. */
  public String path() {
    return path;
  }

  public String title() {
    return title;
  }
}
