// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.rest.RefusedException;
import io.lakehousecdc.sink.delta.rest.Remedies;
import java.net.URI;

/** What is said of a store in Azure that cannot be used. */
record AzureRemedies(String account, URI endpoint) implements Remedies {

  @Override
  public String store() {
    return "Azure storage account " + account + " (" + endpoint.getAuthority() + ")";
  }

  @Override
  public String ignoredCondition() {
    return "It ignores the header If-None-Match, which Azure Blob Storage and Azurite 3.35 obey:"
        + " set "
        + AzureSettings.ENDPOINT
        + " to a service that does.";
  }

  @Override
  public String refused(String attempt, RefusedException refusal) {
    return "it refuses to " + attempt + " (" + refusal.getMessage() + "). " + remedy(refusal);
  }

  private String remedy(RefusedException refusal) {
    return switch (refusal.code()) {
      case "ContainerNotFound" ->
          "Create the container, or correct its name in delta.root; the sink does not create it,"
              + " because that would begin an empty warehouse after a mistyped name.";
      case "AuthenticationFailed", "InvalidAuthenticationInfo" -> credentials();
      case "AuthorizationPermissionMismatch",
          "AuthorizationServiceMismatch",
          "AuthorizationResourceTypeMismatch" ->
          "Give the worker's identity the role Storage Blob Data Contributor on the container; a"
              + " shared access signature needs the permissions racwdl on blobs of the container.";
      case "AuthorizationFailure" ->
          refusal.getMessage().contains("failed to authenticate") ? credentials() : network();
      case "PublicAccessNotPermitted", "NetworkAclsNotConfigured" -> network();
      case "KeyBasedAuthenticationNotPermitted" ->
          "The account allows no keys: remove them here, and give the worker an identity with the"
              + " role Storage Blob Data Contributor.";
      case "BlobImmutableDueToPolicy" ->
          "The container has a policy that keeps files from being deleted: use another container,"
              + " because tables need clean-up.";
      default ->
          "Check "
              + AzureSettings.PREFIX
              + "* and the account's page in the portal; docs/OPERATIONS.md lists what the sink"
              + " needs.";
    };
  }

  private static String credentials() {
    return "Set "
        + AzureSettings.ACCOUNT_KEY
        + " to a key of this account that is valid now, or "
        + AzureSettings.SAS_TOKEN
        + " to a signature that has not expired; and set the worker's clock, from which Azure's may"
        + " differ by 15 minutes at most.";
  }

  private static String network() {
    return "The account's firewall refuses the worker's network: allow it, or set "
        + AzureSettings.ENDPOINT
        + " to the account's private endpoint.";
  }

  @Override
  public String noCredentials() {
    return "Set "
        + AzureSettings.ACCOUNT_KEY
        + ", "
        + AzureSettings.SAS_TOKEN
        + " or "
        + AzureSettings.CONNECTION_STRING
        + "; or give the worker a managed identity (with "
        + AzureSettings.CLIENT_ID
        + " if it has several), a workload identity, or the environment variables"
        + " AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.";
  }

  @Override
  public String unreachable() {
    return "Check the account's name in delta.root, "
        + AzureSettings.ENDPOINT
        + ", and that the worker reaches "
        + endpoint.getHost()
        + " (DNS, firewall, "
        + AzureSettings.PREFIX
        + "proxy.url).";
  }
}
