package io.lakehousecdc.sink.change;

/** A change of one row. */
public sealed interface RowChange {

  /** Key of the row; of no values where the table has no key (append mode only). */
  RowKey key();

  ChangeInfo info();

  /** Cells aligned to the batch's schema, or null where a delete knows no values. */
  Object[] cells();

  /**
   * The row now has these values.
   *
   * @param cells canonical values, or {@link Cell} marks, aligned to the schema; not modified later
   * @param movedFrom key under which the row was stored until this change (its key was changed), or
   *     null; stored values of unchanged cells are to be taken from there
   */
  record Upsert(RowKey key, Object[] cells, ChangeInfo info, RowKey movedFrom)
      implements RowChange {
    public Upsert(RowKey key, Object[] cells, ChangeInfo info) {
      this(key, cells, info, null);
    }
  }

  /**
   * The row is gone.
   *
   * @param cells the last values known from earlier changes of the same batch (or, in append mode,
   *     the before image), aligned to the schema; null where nothing but the key is known
   */
  record Delete(RowKey key, Object[] cells, ChangeInfo info) implements RowChange {}
}
