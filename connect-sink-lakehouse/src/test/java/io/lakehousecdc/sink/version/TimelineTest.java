// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.spi.HistoryOptions.Since;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random changes of one key, many of which share their position, in random cuts. */
class TimelineTest {
  private static final Operation[] OPERATIONS = {
    Operation.CREATE, Operation.READ, Operation.READ, Operation.UPDATE, Operation.DELETE
  };

  /** A stored version and its value. */
  private record Row(Version version, int value) {}

  @Test
  void noTwoVersionsAreOpenedAtOnePlace() {
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      List<RowChange> changes = random(random);
      List<Row> stored = List.of();
      List<RowChange> come = new ArrayList<>();
      for (int from = 0; from < changes.size(); ) {
        int to = Math.min(changes.size(), from + 1 + random.nextInt(3));
        List<RowChange> batch = changes.subList(from, to);
        come.addAll(batch);
        stored = applied(batch, stored, "seed " + seed + ", " + come);
        from = to;
      }
    }
  }

  /** Changes whose times mostly grow with their positions; some come again. */
  private static List<RowChange> random(Random random) {
    List<RowChange> changes = new ArrayList<>();
    long commitLsn = 40;
    long lsn = 56;
    long micros = 1_000;
    int count = 3 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      micros += random.nextInt(4) == 0 ? -10 : random.nextInt(3) * 10;
      lsn += random.nextInt(2) * 8;
      commitLsn += random.nextInt(5) == 0 ? 8 : 0;
      Operation operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
      ChangeInfo info = new ChangeInfo(operation, new Position(0, commitLsn, lsn), micros);
      RowKey key = RowKey.of(1);
      changes.add(
          operation == Operation.DELETE
              ? new RowChange.Delete(key, null, info)
              : new RowChange.Upsert(key, new Object[] {random.nextInt(3)}, info));
    }
    int again = random.nextInt(changes.size());
    changes.addAll(List.copyOf(changes.subList(again, changes.size())));
    if (random.nextInt(4) == 0) {
      Collections.shuffle(changes, random);
    }
    return changes;
  }

  /** What is stored after a batch; asserts that what it inserts is not stored already. */
  private static List<Row> applied(List<RowChange> batch, List<Row> stored, String description) {
    Timeline timeline = timeline(batch, stored);
    for (int number = 0; number < batch.size(); number++) {
      timeline.apply(number, batch.get(number));
    }
    List<Row> next = new ArrayList<>();
    Set<Position> places = new HashSet<>();
    stored.forEach(row -> places.add(row.version().opened()));
    for (Span span : timeline.spans()) {
      Version version = span.version();
      if (span.stored() == null) {
        assertThat(places.add(version.opened())).as("%s: %s", description, version).isTrue();
      }
      if (!span.isRemoved()) {
        next.add(new Row(version, value(span, batch, stored)));
      }
    }
    assertThatNoneOverlap(next, description);
    return next;
  }

  private static void assertThatNoneOverlap(List<Row> rows, String description) {
    for (int i = 1; i < rows.size(); i++) {
      Version before = rows.get(i - 1).version();
      Version after = rows.get(i).version();
      assertThat(before.opened().isBelow(after.opened())).as("%s: %s", description, rows).isTrue();
      assertThat(before.toMicros())
          .as("%s: %s", description, rows)
          .isLessThanOrEqualTo(after.fromMicros());
    }
  }

  private static Timeline timeline(List<RowChange> batch, List<Row> stored) {
    Timeline.Sameness sameness =
        new Timeline.Sameness() {
          @Override
          public boolean isSame(int number, Version version) {
            return valueOf(batch.get(number)) == stored(version, stored);
          }

          @Override
          public boolean isSame(int number, int before) {
            return Arrays.equals(batch.get(number).cells(), batch.get(before).cells());
          }
        };
    List<Version> versions = stored.stream().map(Row::version).toList();
    return new Timeline(versions, List.of(), Since.FIRST_CHANGE, sameness);
  }

  private static int value(Span span, List<RowChange> batch, List<Row> stored) {
    return span.values() == Span.STORED
        ? stored(span.source(), stored)
        : valueOf(batch.get(span.values()));
  }

  private static int stored(Version version, List<Row> stored) {
    return stored.stream()
        .filter(row -> row.version() == version)
        .findFirst()
        .orElseThrow()
        .value();
  }

  private static int valueOf(RowChange change) {
    return (int) change.cells()[0];
  }
}
