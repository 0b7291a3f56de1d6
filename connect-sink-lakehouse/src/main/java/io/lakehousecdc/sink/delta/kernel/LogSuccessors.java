// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.sink.delta.storage.Request;
import io.lakehousecdc.sink.delta.storage.Requests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The versions after a known one, read from their log entries alone: without a listing, and without
 * a look at the files that they name. Only commits of this sink are followed, and of these only
 * such that change neither the columns nor the protocol: what else others may have done, an
 * overwrite or a RESTORE, is for those to find who read the table's state. Stateless and
 * thread-safe.
 */
final class LogSuccessors {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Entries that are asked for at the same time: others may have committed more than once. */
  private static final int AT_ONCE = 4;

  private final LogEntries entries;
  private final Requests requests;

  LogSuccessors(LogEntries entries, Requests requests) {
    this.entries = entries;
    this.requests = requests;
  }

  /**
   * The newest version that can be followed to; empty where that is the known one, or where the log
   * does not have its entry any more.
   *
   * @param known a version that knows its domains
   */
  Optional<TableVersion> after(TableVersion known) {
    List<Request<Optional<String>>> asked = new ArrayList<>();
    for (int i = 1; i <= (requests.overlap() ? AT_ONCE : 1); i++) {
      long version = known.number() + i;
      asked.add(requests.begin(() -> entries.text(version)));
    }
    // After them: what follows an entry that is gone is of a table that was made anew.
    Request<Boolean> isThere = requests.begin(() -> entries.has(known));
    Optional<TableVersion> newest = Optional.empty();
    for (Request<Optional<String>> request : asked) {
      TableVersion base = newest.orElse(known);
      Optional<TableVersion> next = answer(request).flatMap(text -> next(base, text));
      if (next.isEmpty()) {
        break;
      }
      newest = next;
    }
    return newest.filter(found -> answer(isThere));
  }

  private static <T> T answer(Request<T> request) {
    try {
      return request.await();
    } catch (IOException e) {
      throw new IllegalStateException("Failures of the store are told by another kind", e);
    }
  }

  private Optional<TableVersion> next(TableVersion base, String text) {
    Map<String, String> domains = new HashMap<>(base.domains());
    String entry = null;
    int files = 0;
    long bytes = 0;
    try {
      for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
        JsonNode action = JSON.readTree(lines.next());
        if (action.has("metaData") || action.has("protocol")) {
          return Optional.empty();
        }
        if (action.has("commitInfo")) {
          JsonNode info = action.path("commitInfo");
          if (!(entries.commitInfo(info) instanceof CommitInfo.Own)) {
            return Optional.empty();
          }
          entry = info.path("txnId").textValue();
        }
        files += action.has("add") ? 1 : action.has("remove") ? -1 : 0;
        bytes += action.path("add").path("size").asLong();
        bytes -= action.path("remove").path("size").asLong();
        apply(action.path("domainMetadata"), domains);
      }
    } catch (JsonProcessingException e) {
      // Another reader of the log says what is wrong with it.
      return Optional.empty();
    }
    return entry == null
        ? Optional.empty()
        : Optional.of(
            base.followedBy(entries.status(base.number() + 1, text), entry, files, bytes, domains));
  }

  private static void apply(JsonNode domain, Map<String, String> domains) {
    if (domain.path("removed").asBoolean()) {
      domains.remove(domain.path("domain").asText());
    } else if (!domain.isMissingNode()) {
      domains.put(domain.path("domain").asText(), domain.path("configuration").asText());
    }
  }
}
