package io.lakehousecdc.sink.change;

/** Marks that stand in a row where a value is not known. Compare by identity. */
public enum Cell {
  /**
   * An out-of-line (TOAST) value that the change did not touch: the stored value stays. A row that
   * is not stored cannot be written with it.
   */
  UNCHANGED,
  /**
   * The event's schema has no such column: the stored value stays; a new row gets the column's
   * default.
   */
  ABSENT;

  /** Whether the cell holds a value (NULL included) rather than a mark. */
  public static boolean isKnown(Object cell) {
    return !(cell instanceof Cell);
  }
}
