// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The stores that this process has open. Tasks whose roots and settings are alike share one, with
 * its connections and its figures. Thread-safe.
 */
public final class Stores {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);
  private static final List<StoreFactory> FACTORIES =
      ServiceLoader.load(StoreFactory.class, StoreFactory.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  private final List<StoreFactory> factories;
  private final Map<Use, Shared> open = new HashMap<>();

  /** What has to be equal for two tasks to share a store. */
  private record Use(
      StoreFactory factory,
      String root,
      Map<String, String> settings,
      Optional<StoreCredentials> credentials) {
    /** Without the settings' values, some of which are secret. */
    @Override
    public String toString() {
      return root + settings.keySet();
    }
  }

  private static final class Shared {
    final FileIO store;
    final StoreFigures figures;
    int users;

    Shared(FileIO store, StoreFigures figures) {
      this.store = store;
      this.figures = figures;
    }
  }

  /** A store in use; closing it ends this use, and the last one closes the store. */
  public final class Lease implements AutoCloseable {
    private final Use use;
    private final Shared shared;
    private boolean closed;

    private Lease(Use use, Shared shared) {
      this.use = use;
      this.shared = shared;
    }

    public FileIO store() {
      return shared.store;
    }

    /** What the requests of all that share the store come to. */
    public StoreFigures figures() {
      return shared.figures;
    }

    @Override
    public void close() {
      synchronized (Stores.this) {
        if (closed) {
          return;
        }
        closed = true;
        if (--shared.users > 0) {
          return;
        }
        open.remove(use);
      }
      shared.store.close();
    }
  }

  /** The kinds of stores on the class path. */
  public Stores() {
    this(FACTORIES);
  }

  Stores(List<StoreFactory> factories) {
    this.factories = List.copyOf(factories);
  }

  /** Settings of all kinds of stores. */
  public static List<Setting> settings() {
    return FACTORIES.stream().flatMap(factory -> factory.settings().stream()).toList();
  }

  /** What is wrong with the settings of a root's store, without asking it. */
  public List<SettingProblem> problems(String root, TargetSettings settings) {
    return factory(root).problems(settings);
  }

  /**
   * A root in the form that {@link FileIO#resolve} of its store makes. Asks no store.
   *
   * @param root {@code delta.root} as it was given
   * @throws FatalException no store serves its scheme, or it is none of such a store
   */
  public String resolve(String root) {
    return factory(root).resolve(root);
  }

  /**
   * The store of a root.
   *
   * @param root {@code delta.root} as it was given
   * @throws FatalException no store serves its scheme, or the settings do not describe one
   */
  public Lease open(String root, TargetSettings settings) {
    return open(root, settings, Optional.empty());
  }

  /**
   * The store of a root.
   *
   * @param root {@code delta.root} as it was given
   * @param credentials those of another service, to be used instead of the settings'
   * @throws FatalException no store serves its scheme, or the settings do not describe one
   */
  public synchronized Lease open(
      String root, TargetSettings settings, Optional<StoreCredentials> credentials) {
    StoreFactory factory = factory(root);
    Use use = new Use(factory, root, values(factory, settings), credentials);
    Shared shared = open.get(use);
    if (shared == null) {
      StoreFigures figures = new StoreFigures();
      FileIO store =
          credentials.isPresent()
              ? factory.open(root, settings, figures, credentials.get())
              : factory.open(root, settings, figures);
      shared = new Shared(store.isRemote() ? new ReadAheadFileIO(store) : store, figures);
      open.put(use, shared);
    }
    shared.users++;
    return new Lease(use, shared);
  }

  private static Map<String, String> values(StoreFactory factory, TargetSettings settings) {
    Map<String, String> values = new TreeMap<>();
    for (Setting setting : factory.settings()) {
      String value = settings.text(setting.key());
      if (value != null) {
        values.put(setting.key(), value);
      }
    }
    return values;
  }

  private StoreFactory factory(String root) {
    String scheme = scheme(root);
    return factories.stream()
        .filter(factory -> factory.serves(scheme))
        .findFirst()
        .orElseThrow(
            () ->
                new FatalException(
                    "No store for "
                        + scheme
                        + ": locations ("
                        + withoutCredentials(root)
                        + "). Set delta.root to a local or mounted path, or to a location of a"
                        + " store that docs/OPERATIONS.md lists; or put a jar on the plugin path"
                        + " that implements "
                        + StoreFactory.class.getName()
                        + " for "
                        + scheme
                        + ": with an atomic put-if-absent, named in META-INF/services."));
  }

  private static String scheme(String location) {
    Matcher matcher = SCHEME.matcher(location);
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
  }

  private static String withoutCredentials(String location) {
    return location.replaceFirst("//[^/@]*@", "//");
  }
}
