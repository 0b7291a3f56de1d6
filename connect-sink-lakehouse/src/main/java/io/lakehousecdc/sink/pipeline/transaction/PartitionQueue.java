// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.TransactionInfo.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * The records of a partition that wait, group by group: transactions come in the order of their
 * commits. Not thread-safe.
 */
final class PartitionQueue<R> {
  private final ArrayDeque<Group<R>> groups = new ArrayDeque<>();

  /** Number of groups of each transaction: more than one where the source has sent it again. */
  private final Map<String, Integer> held = new HashMap<>();

  boolean isEmpty() {
    return groups.isEmpty();
  }

  long bytes() {
    long bytes = 0;
    for (Group<R> each : groups) {
      bytes += each.bytes();
    }
    return bytes;
  }

  /** Transactions that have groups here. */
  List<Group<R>> groups() {
    return List.copyOf(groups);
  }

  void add(Arrival<R> arrival, Part part) {
    Group<R> last = groups.peekLast();
    if (last == null || !last.transaction().equals(part.transaction())) {
      last = new Group<>(part.transaction());
      push(last);
    }
    last.add(arrival, part);
  }

  /** Adds a record that belongs to no transaction; false where nothing is before it. */
  boolean addFree(Arrival<R> arrival) {
    Group<R> last = groups.peekLast();
    if (last == null) {
      return false;
    }
    last.addFree(arrival);
    return true;
  }

  boolean holds(String transaction) {
    return held.containsKey(transaction);
  }

  /** The first group of a transaction; null where there is none. */
  Group<R> first(String transaction) {
    if (!holds(transaction)) {
      return null;
    }
    for (Group<R> each : groups) {
      if (each.transaction().equals(transaction)) {
        return each;
      }
    }
    throw new IllegalStateException("Lost the records of a transaction");
  }

  /**
   * Whether a transaction has come that follows the given one.
   *
   * @param old tells groups that repeat earlier ones
   */
  boolean isPast(String transaction, Predicate<Group<R>> old) {
    boolean follows = !holds(transaction);
    for (Group<R> each : groups) {
      boolean isThis = each.transaction().equals(transaction);
      if (follows && !isThis && !old.test(each)) {
        return true;
      }
      follows |= isThis;
    }
    return false;
  }

  /** Takes the groups at the front that satisfy a condition. */
  List<Arrival<R>> takeWhile(Predicate<Group<R>> condition) {
    List<Arrival<R>> taken = new ArrayList<>();
    while (!groups.isEmpty() && condition.test(groups.element())) {
      taken.addAll(pop().take());
    }
    return taken;
  }

  /**
   * Takes the first group of a transaction that has come before, if nothing is before it. Else it
   * waits from now on for what is before it, and for nothing more.
   */
  List<Arrival<R>> takeRepeated(String transaction) {
    if (!holds(transaction)) {
      return List.of();
    }
    if (groups.element().transaction().equals(transaction)) {
      return pop().take();
    }
    List<Group<R>> all = List.copyOf(groups);
    Group<R> repeated = first(transaction);
    groups.clear();
    held.clear();
    for (Group<R> each : all) {
      Group<R> last = groups.peekLast();
      if (each == repeated || last != null && last.transaction().equals(each.transaction())) {
        last.append(each);
      } else {
        push(each);
      }
    }
    return List.of();
  }

  /** Takes the first group of a transaction, and all that is before it. */
  List<Arrival<R>> takeThrough(String transaction) {
    List<Arrival<R>> taken = new ArrayList<>();
    boolean found = !holds(transaction);
    while (!found) {
      Group<R> group = pop();
      found = group.transaction().equals(transaction);
      taken.addAll(group.take());
    }
    return taken;
  }

  /** Takes the records of the first group, if it is of that transaction, and keeps their counts. */
  List<Arrival<R>> takePart(String transaction) {
    Group<R> first = groups.peekFirst();
    return first != null && first.transaction().equals(transaction) ? first.take() : List.of();
  }

  /** Takes everything. */
  List<Arrival<R>> takeAll() {
    List<Arrival<R>> taken = new ArrayList<>();
    while (!groups.isEmpty()) {
      taken.addAll(pop().take());
    }
    return taken;
  }

  /** Offset of the first record that waits. */
  OptionalLong firstOffset() {
    for (Group<R> each : groups) {
      if (each.firstOffset() >= 0) {
        return OptionalLong.of(each.firstOffset());
      }
    }
    return OptionalLong.empty();
  }

  private void push(Group<R> group) {
    groups.add(group);
    held.merge(group.transaction(), 1, Integer::sum);
  }

  private Group<R> pop() {
    Group<R> group = groups.remove();
    held.compute(group.transaction(), (name, count) -> count == 1 ? null : count - 1);
    return group;
  }
}
