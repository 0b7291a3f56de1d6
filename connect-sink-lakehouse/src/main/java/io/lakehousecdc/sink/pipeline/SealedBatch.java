// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.TableOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/**
 * A batch on its way to the target.
 *
 * @param options how its events are combined
 * @param content its events
 * @param steps of the partitions whose state moves with it
 * @param letters rejected records, for the dead-letter table, with the partitions they came from
 * @param reports reports of rejected records that must be safe before the offsets are committed
 * @param bytes estimated size
 * @param histories that the positions of its events were found with
 * @param substance whether it is committed
 * @param commit what the target is given
 */
record SealedBatch(
    TableOptions options,
    BatchContent content,
    List<PartitionStep> steps,
    List<Letter> letters,
    List<Future<?>> reports,
    long bytes,
    Histories histories,
    Substance substance,
    Commit commit) {

  /** What a batch consists of. It keeps that while events are taken out of it. */
  enum Substance {
    /** Offsets and nothing else: the target need not hear of them. */
    OFFSETS,
    /** Something to commit. The steps of later batches build on those of this one. */
    CHANGES;

    private Substance and(Substance other) {
      return this == CHANGES ? this : other;
    }
  }

  /**
   * A rejected record.
   *
   * @param from the partition whose offset moves past it; a letter that a topic of dead letters
   *     brings is about a record of another one
   */
  record Letter(SourcePartition from, DeadLetter text) {}

  /** Two batches that were one: a topic's events, sweeps and steps are in one of them. */
  record Split(Optional<SealedBatch> chosen, Optional<SealedBatch> rest) {}

  /** A batch of what was gathered. */
  SealedBatch(
      TableOptions options,
      BatchContent content,
      List<PartitionStep> steps,
      List<Letter> letters,
      List<Future<?>> reports,
      long bytes,
      Histories histories) {
    this(
        options,
        content,
        steps,
        letters,
        reports,
        bytes,
        histories,
        content.isEmpty()
                && letters.isEmpty()
                && reports.isEmpty()
                && steps.stream().allMatch(step -> step.reached().isEmpty())
            ? Substance.OFFSETS
            : Substance.CHANGES);
  }

  /** A batch with its commit: one instance, by which a target knows an attempt made again. */
  private SealedBatch(
      TableOptions options,
      BatchContent content,
      List<PartitionStep> steps,
      List<Letter> letters,
      List<Future<?>> reports,
      long bytes,
      Histories histories,
      Substance substance) {
    this(
        options,
        content,
        steps,
        letters,
        reports,
        bytes,
        histories,
        substance,
        new Commit(
            content.batches(),
            steps.stream().map(PartitionStep::advance).toList(),
            letters.stream().map(Letter::text).toList(),
            content.contributors(),
            histories,
            steps.stream().flatMap(step -> step.reached().stream()).toList()));
  }

  /** Whether there is anything but offsets to commit. */
  boolean isWorthCommitting() {
    return substance == Substance.CHANGES;
  }

  /** The same by the histories that are known now: its floors may have to be others. */
  SealedBatch under(Histories newer) {
    return newer.equals(histories)
        ? this
        : new SealedBatch(
            options, content.under(newer), steps, letters, reports, bytes, newer, substance);
  }

  /**
   * What comes from some topics, and the rest. Both have all reports: nothing is committed before
   * they are safe.
   */
  Split split(Set<String> topics) {
    if (topics.isEmpty()) {
      return new Split(Optional.empty(), Optional.of(this));
    }
    SealedBatch chosen = only(topics::contains);
    if (chosen.isVoid()) {
      return new Split(Optional.empty(), Optional.of(this));
    }
    SealedBatch rest = only(topic -> !topics.contains(topic));
    if (rest.isVoid()) {
      return new Split(Optional.of(this), Optional.empty());
    }
    long share = bytes * chosen.content.entries().size() / Math.max(1, content.entries().size());
    return new Split(
        Optional.of(chosen.withBytes(share)), Optional.of(rest.withBytes(bytes - share)));
  }

  private SealedBatch only(Predicate<String> topics) {
    return new SealedBatch(
        options,
        content.of(topics),
        steps.stream().filter(step -> topics.test(step.partition().topic())).toList(),
        letters.stream().filter(letter -> topics.test(letter.from().topic())).toList(),
        reports,
        bytes,
        histories,
        substance);
  }

  private SealedBatch withBytes(long size) {
    return new SealedBatch(
        options, content, steps, letters, reports, size, histories, substance, commit);
  }

  private boolean isVoid() {
    return content.isEmpty() && steps.isEmpty() && letters.isEmpty();
  }

  /** The same without some events, which were reported instead. */
  SealedBatch without(Set<Entry> bad, List<Letter> newLetters, List<Future<?>> newReports) {
    List<Entry> kept = content.entries().stream().filter(entry -> !bad.contains(entry)).toList();
    return new SealedBatch(
        options,
        BatchContent.of(options, kept, content.sweeps()),
        steps,
        concat(letters, newLetters),
        concat(reports, newReports),
        bytes,
        histories,
        substance);
  }

  /** The same with other steps of the partitions. */
  SealedBatch withSteps(List<PartitionStep> other) {
    return other.equals(steps)
        ? this
        : new SealedBatch(options, content, other, letters, reports, bytes, histories, substance);
  }

  /**
   * This batch and the one that follows it as one; empty where an event or a sweep of {@code next}
   * needs a batch of its own. Neither is changed.
   */
  Optional<SealedBatch> tryJoin(SealedBatch next) {
    // A batch that was held back may be committed by newer ones than what follows it.
    Histories newest = next.histories.include(histories) ? next.histories : histories;
    BatchContent joined = BatchContent.of(options, content.entries(), content.sweeps());
    if (!next.content.sweeps().stream().allMatch(joined::accepts)) {
      return Optional.empty();
    }
    for (Entry entry : next.content.entries()) {
      if (!joined.accepts(entry.event())) {
        return Optional.empty();
      }
      joined.add(entry);
    }
    next.content.sweeps().forEach(joined::sweep);
    Map<SourcePartition, PartitionStep> joinedSteps = new LinkedHashMap<>();
    steps.forEach(step -> joinedSteps.put(step.partition(), step));
    // Where a batch is not worth committing, the steps that follow it do not build on its own.
    if (next.isWorthCommitting()) {
      next.steps.forEach(step -> joinedSteps.merge(step.partition(), step, PartitionStep::then));
    }
    return Optional.of(
        new SealedBatch(
            options,
            joined.under(newest),
            List.copyOf(joinedSteps.values()),
            concat(letters, next.letters),
            concat(reports, next.reports),
            bytes + next.bytes,
            newest,
            substance.and(next.substance)));
  }

  private static <T> List<T> concat(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
