// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static io.lakehousecdc.sink.change.Operation.CREATE;
import static io.lakehousecdc.sink.change.Operation.DELETE;
import static io.lakehousecdc.sink.change.Operation.UPDATE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.ForwardingTarget;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only what a target can never take is rejected. */
@Timeout(60)
class FalseRejectionsTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);

  private final ItemTopics topics = new ItemTopics(P0);

  // A suffix that the source emits again.

  @ParameterizedTest
  @EnumSource(
      value = DeleteMode.class,
      names = {"HARD", "SOFT"})
  void suffixEmittedAgainAfterARestartRejectsNothing(DeleteMode mode) {
    topics.deletes(mode).batchesOf(1);
    suffix();
    topics.drain();
    topics.log.get(P0).addAll(List.copyOf(topics.log.get(P0).subList(1, 4)));
    topics.drain();
    assertEquals(Map.of(2, "c"), topics.names());
  }

  private void suffix() {
    topics.add(P0, CREATE, 1, "a", streamed(10));
    topics.add(P0, UPDATE, 1, new Object[] {1, "b", Cell.UNCHANGED}, streamed(20));
    topics.add(P0, DELETE, 1, "", streamed(30));
    topics.add(P0, CREATE, 2, "c", streamed(40));
  }

  // Values of a row whose key changed.

  @ParameterizedTest
  @EnumSource(DeleteMode.class)
  void changedKeyTakesItsUnchangedValueFromTheStoredOldRow(DeleteMode mode) {
    topics.deletes(mode);
    topics.add(P0, CREATE, 1, new Object[] {1, "a", "large"}, streamed(10));
    topics.drain();
    changeKey(20);
    topics.drain();
    assertEquals(mode == DeleteMode.IGNORE ? Set.of(1, 2) : Set.of(2), topics.ids());
    topics.rows().forEach(row -> assertEquals("large", row.get("body")));
  }

  private void changeKey(long lsn) {
    topics.add(P0, DELETE, 1, "", streamed(lsn));
    topics.add(P0, CREATE, 2, new Object[] {2, "a", Cell.UNCHANGED}, streamed(lsn));
  }

  // The culprit of a refused batch.

  @Test
  void rowWhoseKeyChangedIsNotBlamedForABadOneInItsBatch() {
    topics.add(P0, CREATE, 1, new Object[] {1, "a", "large"}, streamed(10));
    topics.drain();
    changeKey(20);
    topics.add(P0, CREATE, 3, "bad", streamed(30));
    assertEquals(List.of(3L), rejected(new Picky(topics.target())));
    assertEquals(Set.of(2), topics.ids());
  }

  @Test
  void rowWhoseKeyChangedIsNotBlamedForABadOneBeforeIt() {
    topics.add(P0, CREATE, 1, new Object[] {1, "a", "large"}, streamed(10));
    topics.drain();
    topics.add(P0, CREATE, 3, "bad", streamed(15));
    changeKey(20);
    assertEquals(List.of(1L), rejected(new Picky(topics.target())));
    assertEquals(Set.of(2), topics.ids());
  }

  @Test
  void childIsNotBlamedWhereItsParentIsInTheBatch() {
    topics.add(P0, CREATE, 1, "parent", streamed(10));
    topics.add(P0, CREATE, 2, "child", streamed(20));
    topics.add(P0, CREATE, 3, "bad", streamed(30));
    assertEquals(List.of(2L), rejected(new PickyWithForeignKey(topics.target())));
    assertEquals(Set.of(1, 2), topics.ids());
  }

  @Test
  void parentThatComesAfterItsChildIsNotBlamed() {
    topics.add(P0, CREATE, 2, "child", streamed(10));
    topics.add(P0, CREATE, 3, "bad", streamed(20));
    topics.add(P0, CREATE, 1, "parent", streamed(30));
    assertEquals(List.of(1L), rejected(new PickyWithForeignKey(topics.target())));
    assertEquals(Set.of(1, 2), topics.ids());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void allBadRecordsAreFoundAndNoOther(boolean hinting) {
    for (int i = 0; i < 40; i++) {
      topics.add(P0, CREATE, i, i % 7 == 3 ? "bad" : "good", streamed(10 + 10 * i));
    }
    Picky target = new Picky(topics.target());
    target.hinting = hinting;
    assertEquals(List.of(3L, 10L, 17L, 24L, 31L, 38L), rejected(target));
    assertEquals(34, topics.ids().size());
  }

  @Test
  void targetsHintSparesTheSearch() {
    for (int i = 0; i < 50; i++) {
      topics.add(P0, CREATE, i, i == 20 ? "bad" : "good", streamed(10 + 10 * i));
    }
    Picky target = new Picky(topics.target());
    target.hinting = true;
    assertEquals(List.of(20L), rejected(target));
    int hinted = target.rehearsals;
    topics.group.clear();
    Picky silent = new Picky(new ItemTopics(P0).target());
    assertEquals(List.of(20L), rejected(silent));
    assertEquals(true, hinted <= silent.rehearsals, hinted + " and " + silent.rehearsals);
  }

  @Test
  void badChangeThatALaterOneOfItsBatchReplacesIsNotRejected() {
    topics.add(P0, CREATE, 1, "bad", streamed(10));
    topics.add(P0, UPDATE, 1, "good", streamed(20));
    topics.add(P0, CREATE, 2, "bad", streamed(30));
    assertEquals(List.of(2L), rejected(new Picky(topics.target())));
    assertEquals(Map.of(1, "good"), topics.names());
  }

  private List<Long> rejected(Target target) {
    try (Consumer task = topics.task(target).expectingRejections(letter -> true)) {
      task.drain();
      return task.reported.stream().map(letter -> letter.recordOffset().offset()).sorted().toList();
    }
  }

  private static SourcePosition streamed(long lsn) {
    return ItemTopics.at(History.SOURCE, lsn, lsn + 1, lsn);
  }

  /** Refuses rows that are named "bad". */
  private static class Picky extends ForwardingTarget {
    boolean hinting;
    int rehearsals;

    Picky(Target target) {
      super(target);
    }

    @Override
    public CommitReceipt commit(Commit commit) {
      check(commit);
      return super.commit(commit);
    }

    @Override
    public void rehearse(Commit commit) {
      rehearsals++;
      check(commit);
      super.rehearse(commit);
    }

    void check(Commit commit) {
      commit
          .batches()
          .forEach(
              batch ->
                  batch
                      .changes()
                      .forEach(
                          change -> {
                            if (change.cells() != null && "bad".equals(change.cells()[1])) {
                              throw new RecordException(
                                  "value does not fit",
                                  hinting ? batch.table() : null,
                                  hinting ? change.key() : null,
                                  null);
                            }
                          }));
    }
  }

  /** Also refuses a child without its parent. */
  private static final class PickyWithForeignKey extends Picky {
    PickyWithForeignKey(Target target) {
      super(target);
    }

    @Override
    void check(Commit commit) {
      super.check(commit);
      Set<Object> names = new HashSet<>();
      commit
          .batches()
          .forEach(
              batch ->
                  batch
                      .changes()
                      .forEach(
                          change -> names.add(change.cells() == null ? "" : change.cells()[1])));
      if (names.contains("child") && !names.contains("parent")) {
        throw new OutOfOrderException("no parent");
      }
    }
  }
}
