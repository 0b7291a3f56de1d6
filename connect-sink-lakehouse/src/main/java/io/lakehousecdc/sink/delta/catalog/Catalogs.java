// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The catalogues that this process registers tables in. Tasks with the same settings share a
 * registrar, as they share tables. Thread-safe.
 */
public final class Catalogs {
  private final Map<Map<String, String>, Shared> open = new HashMap<>();
  private final Backoff backoff;

  private static final class Shared {
    final Registrar registrar;
    int users;

    Shared(Registrar registrar) {
      this.registrar = registrar;
    }
  }

  /** A registrar in use; closing it ends this use, and the last one closes the registrar. */
  public final class Lease implements AutoCloseable {
    private final Map<String, String> use;
    private final Shared shared;
    private boolean closed;

    private Lease(Map<String, String> use, Shared shared) {
      this.use = use;
      this.shared = shared;
    }

    public Registrar registrar() {
      return shared.registrar;
    }

    @Override
    public void close() {
      synchronized (Catalogs.this) {
        if (closed) {
          return;
        }
        closed = true;
        if (--shared.users > 0) {
          return;
        }
        open.remove(use);
      }
      shared.registrar.close();
    }
  }

  public Catalogs() {
    this(Backoff.USUAL);
  }

  Catalogs(Backoff backoff) {
    this.backoff = backoff;
  }

  /**
   * The registrar of the catalogue that the settings name; empty where they name none. Asks the
   * catalogue nothing.
   *
   * @throws io.lakehousecdc.sink.error.FatalException the settings do not describe a catalogue
   */
  public synchronized Optional<Lease> open(TargetSettings settings) {
    Map<String, String> use = CatalogSettings.values(settings);
    Shared shared = open.get(use);
    if (shared == null) {
      Optional<Catalog> catalog = CatalogSettings.catalog(settings);
      if (catalog.isEmpty()) {
        return Optional.empty();
      }
      shared = new Shared(new Registrar(catalog.get(), backoff));
      open.put(use, shared);
    }
    shared.users++;
    return Optional.of(new Lease(use, shared));
  }
}
