// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

/**
 * A catalogue did not do what it was asked for. The message says what is wrong, where and what to
 * do, without secrets.
 */
final class CatalogException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Who is concerned, and whether to ask again. */
  enum Kind {
    /** The catalogue serves nobody for now, or not these credentials: to be asked again later. */
    UNAVAILABLE,
    /** It does not serve this table: to be asked again later, others before that. */
    REFUSED,
    /** The name belongs to another table, which is left alone until this one changes. */
    TAKEN
  }

  private final Kind kind;
  private final String setting;

  private CatalogException(Kind kind, String setting, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.setting = setting;
  }

  /**
   * @param setting the setting to look at first
   * @param cause may be null
   */
  static CatalogException unavailable(String setting, String message, Throwable cause) {
    return new CatalogException(Kind.UNAVAILABLE, setting, message, cause);
  }

  /**
   * @param setting the setting to look at first
   */
  static CatalogException refused(String setting, String message) {
    return new CatalogException(Kind.REFUSED, setting, message, null);
  }

  static CatalogException taken(String message) {
    return new CatalogException(Kind.TAKEN, CatalogSettings.CATALOG, message, null);
  }

  Kind kind() {
    return kind;
  }

  /** Full name of the setting to look at first. */
  String setting() {
    return setting;
  }
}
