// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.rest.RefusedException;
import io.lakehousecdc.sink.delta.rest.Remedies;
import java.net.URI;

/** What is said of a store in Google Cloud Storage that cannot be used. */
record GcsRemedies(URI endpoint) implements Remedies {

  @Override
  public String store() {
    return "Google Cloud Storage (" + endpoint.getAuthority() + ")";
  }

  @Override
  public String ignoredCondition() {
    return "It ignores the parameter ifGenerationMatch, which Google Cloud Storage obeys: set "
        + GcsSettings.ENDPOINT
        + " to a service that does, or remove it.";
  }

  @Override
  public String refused(String attempt, RefusedException refusal) {
    return "it refuses to " + attempt + " (" + refusal.getMessage() + "). " + remedy(refusal);
  }

  private static String remedy(RefusedException refusal) {
    return switch (refusal.status()) {
      case 401 ->
          "Set "
              + GcsSettings.CREDENTIALS_FILE
              + " to a key that is valid now, or remove it to use the worker's own service account.";
      case 403 ->
          "Give the worker's service account the role Storage Object User"
              + " (roles/storage.objectUser) on the bucket; a bucket with a retention policy or"
              + " a hold cannot be used, because tables need clean-up.";
      case 404 ->
          "Create the bucket, or correct its name in delta.root; the sink does not create it,"
              + " because that would begin an empty warehouse after a mistyped name.";
      default ->
          "Check "
              + GcsSettings.PREFIX
              + "* and the bucket in Google's console; docs/OPERATIONS.md lists what the sink"
              + " needs.";
    };
  }

  @Override
  public String noCredentials() {
    return "Set "
        + GcsSettings.CREDENTIALS_FILE
        + " to a service account's key that every worker can read and that has not been deleted;"
        + " or give the worker a service account (Workload Identity in GKE), or set"
        + " GOOGLE_APPLICATION_CREDENTIALS in its environment.";
  }

  @Override
  public String unreachable() {
    return "Check "
        + GcsSettings.ENDPOINT
        + ", and that the worker reaches "
        + endpoint.getHost()
        + " (DNS, firewall, "
        + GcsSettings.PREFIX
        + "proxy.url).";
  }
}
