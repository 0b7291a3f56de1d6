// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;

/** A key that no two rows share: its last event tells what is left. */
enum SoleRow implements RowState {
  LIVE {
    @Override
    public RowState before(ChangeInfo next, TransactionVisibility visibility, ChangeInfo last) {
      return this;
    }

    @Override
    public boolean merges(ChangeInfo upsert, TransactionVisibility visibility) {
      return !SharedKey.addsRow(upsert, visibility);
    }

    @Override
    public RowState upserted(ChangeInfo upsert, TransactionVisibility visibility, RowImage other) {
      return SharedKey.addsRow(upsert, visibility) ? SharedKey.takenOver(other) : this;
    }

    @Override
    public RowChange change(
        RowKey key, Object[] cells, ChangeInfo last, FormerRow formerRow, RowSchema union) {
      return new Upsert(key, cells, last, formerRow);
    }
  },

  DELETED {
    @Override
    public RowState before(ChangeInfo next, TransactionVisibility visibility, ChangeInfo last) {
      return SharedKey.provesRow(next, visibility, last) ? LIVE : this;
    }

    @Override
    public boolean merges(ChangeInfo upsert, TransactionVisibility visibility) {
      return false;
    }

    /** Only a create brings a row back in the transaction that has deleted it: no update does. */
    @Override
    public RowState upserted(ChangeInfo upsert, TransactionVisibility visibility, RowImage other) {
      return SharedKey.leavesCount(upsert, visibility) ? this : LIVE;
    }

    @Override
    public RowChange change(
        RowKey key, Object[] cells, ChangeInfo last, FormerRow formerRow, RowSchema union) {
      return new Delete(key, cells, last);
    }
  };

  @Override
  public RowState atEnd(ChangeInfo last) {
    return this;
  }

  @Override
  public boolean isDeleted() {
    return this == DELETED;
  }

  @Override
  public boolean mayBeGone() {
    return this == DELETED;
  }

  @Override
  public RowState deleted(ChangeInfo delete, TransactionVisibility visibility, RowImage before) {
    return DELETED;
  }

  @Override
  public DepartedRow departing(RowKey key, RowImage latest) {
    return DepartedRow.known(key, latest);
  }
}
