// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** Passes everything on to another target; tests override what they want to see or to fail. */
public class ForwardingTarget implements Target {
  private final Target target;

  public ForwardingTarget(Target target) {
    this.target = target;
  }

  @Override
  public Map<SourcePartition, LoadedPartition> load(Set<SourcePartition> partitions) {
    return target.load(partitions);
  }

  @Override
  public List<SourceProgress> progress() {
    return target.progress();
  }

  @Override
  public Histories histories() {
    return target.histories();
  }

  @Override
  public CommitReceipt commit(Commit commit) {
    return target.commit(commit);
  }

  @Override
  public StatusWrites statusWrites() {
    return target.statusWrites();
  }

  @Override
  public void report(List<TableStatus> status) {
    target.report(status);
  }

  @Override
  public Set<PendingSweep> pendingSweeps(Set<String> topics) {
    return target.pendingSweeps(topics);
  }

  @Override
  public void prepare(Commit next) {
    target.prepare(next);
  }

  @Override
  public Set<TableId> needingMaintenance(Commit commit) {
    return target.needingMaintenance(commit);
  }

  @Override
  public void maintain(Commit commit) {
    target.maintain(commit);
  }

  @Override
  public void rehearse(Commit commit) {
    target.rehearse(commit);
  }

  @Override
  public void cancel() {
    target.cancel();
  }

  @Override
  public void abort() {
    target.abort();
  }

  @Override
  public void alterOffsets(Map<SourcePartition, Long> offsets) {
    target.alterOffsets(offsets);
  }

  @Override
  public BacklogBatches backlogBatches() {
    return target.backlogBatches();
  }

  @Override
  public Map<String, LongSupplier> gauges() {
    return target.gauges();
  }

  @Override
  public void close() {
    target.close();
  }
}
