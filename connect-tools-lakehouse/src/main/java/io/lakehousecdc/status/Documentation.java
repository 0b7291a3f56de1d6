// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The project's documentation, whose address the archive's manifest tells.
 *
 * @param url its address; empty where these classes are not used from an archive
 */
public record Documentation(Optional<String> url) {

  /** As the manifest beside the directory of this class's jar tells. */
  public static Documentation ofArchive() {
    try {
      Path jar =
          Path.of(Documentation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path manifest = jar.resolveSibling("../manifest.json").normalize();
      return new Documentation(
          Files.isRegularFile(manifest)
              ? Optional.of(
                      new ObjectMapper()
                          .readTree(manifest.toFile())
                          .path("documentation_url")
                          .asText())
                  .filter(address -> address.startsWith("https://"))
              : Optional.empty());
    } catch (URISyntaxException | IOException e) {
      return new Documentation(Optional.empty());
    }
  }

  /** Address of an entry; empty where that of the documentation is not known. */
  Optional<String> link(Runbook entry) {
    return url.map(address -> address + "/" + entry.path());
  }
}
