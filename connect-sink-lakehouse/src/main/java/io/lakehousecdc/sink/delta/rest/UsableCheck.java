// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lakehousecdc.sink.delta.rest.ObjectStore.Listed;
import io.lakehousecdc.sink.delta.rest.ObjectStore.Listing;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** The check of a store before a sink relies on it, by what the sink will do there. */
public final class UsableCheck {
  private final ObjectStore store;
  private final ObjectLocations locations;
  private final Remedies remedies;

  /**
   * @param store answers or gives up within seconds
   * @param remedies what is said of a store that cannot be used
   */
  public UsableCheck(ObjectStore store, ObjectLocations locations, Remedies remedies) {
    this.store = store;
    this.locations = locations;
    this.remedies = remedies;
  }

  /** A step of the check. */
  private interface Step {
    void run() throws IOException;
  }

  /** As {@link io.lakehousecdc.sink.delta.storage.FileIO#requireUsable}. */
  void require(String root) {
    ObjectName probe = locations.name(root + "/_cdc_probe_" + UUID.randomUUID());
    byte[] content = probe.key().getBytes(UTF_8);
    step(root, "write", () -> write(probe, content));
    boolean passed = false;
    try {
      step(root, "write", () -> requireRefusal(root, probe));
      step(root, "list", () -> requireListed(root, probe));
      step(root, "read", () -> requireContent(root, probe, content));
      passed = true;
    } finally {
      if (!passed) {
        discard(probe);
      }
    }
    step(root, "delete", () -> store.delete(probe));
  }

  /** A write whose answer is lost may have been carried out. */
  private void write(ObjectName probe, byte[] content) throws IOException {
    try {
      store.putIfAbsent(probe, content);
    } catch (SignInException | NotSentException e) {
      throw e;
    } catch (IOException e) {
      discard(probe);
      throw e;
    }
  }

  private void requireRefusal(String root, ObjectName probe) throws IOException {
    try {
      store.putIfAbsent(probe, "second".getBytes(UTF_8));
    } catch (FileAlreadyExistsException refused) {
      return;
    }
    throw new FatalException(
        cannot(root)
            + "it let a second writer replace a file that was to be written only if absent, so that"
            + " two writers could overwrite each other's commits. "
            + remedies.ignoredCondition());
  }

  private void requireListed(String root, ObjectName probe) throws IOException {
    Listing listing = new Listing(probe.bucket(), probe.key(), "", true, 1);
    List<Listed> listed = store.list(listing, null).objects();
    if (listed.isEmpty()) {
      throw new FatalException(
          cannot(root)
              + "its listing does not show a file that was just written. A sink would lose commits"
              + " there: use a store whose listings are consistent.");
    }
  }

  private void requireContent(String root, ObjectName probe, byte[] content) throws IOException {
    byte[] found = store.get(probe, 0, content.length, null).bytes();
    if (!Arrays.equals(found, content)) {
      throw new FatalException(
          cannot(root)
              + "a file that was just written has another content when it is read. Something between"
              + " the worker and the store, such as a proxy that caches, changes answers: remove"
              + " it.");
    }
  }

  private void step(String root, String attempt, Step step) {
    try {
      step.run();
    } catch (RefusedException e) {
      if (e.mayPass()) {
        throw new RetriableException(cannot(root) + "it does not serve requests now: " + e, e);
      }
      throw new FatalException(cannot(root) + remedies.refused(attempt, e), e);
    } catch (SignInException e) {
      String message = cannot(root) + e.getMessage() + ". " + remedies.noCredentials();
      throw e.mayPass() ? new RetriableException(message, e) : new FatalException(message, e);
    } catch (NotSentException e) {
      throw new RetriableException(
          cannot(root) + e.getMessage() + ". " + remedies.unreachable(), e);
    } catch (FileNotFoundException e) {
      throw new FatalException(
          cannot(root) + "a file that was just written is not found (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw new RetriableException(cannot(root) + e.getMessage(), e);
    }
  }

  private void discard(ObjectName probe) {
    try {
      store.delete(probe);
    } catch (IOException left) {
      // The failure that is under way says more than the one of tidying up after it.
    }
  }

  private String cannot(String root) {
    return "delta.root " + root + " cannot be used on " + remedies.store() + ": ";
  }
}
