// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * The choice of the files that are rewritten as one.
 *
 * <p>Small files are merged in tiers: smallest first, for as long as the next is no larger than
 * those before it together (by a quarter, since files of equal commits differ a little), and only
 * when there are enough of them, or enough for a file of the target size. A merge thus makes the
 * file that a row lies in larger by four fifths at least: a row is rewritten log<sub>1.8</sub>
 * (target / commit) times at most, and the number of small files stays below a bound that depends
 * on the same logarithm. A file of which most rows are deleted is rewritten for itself: that costs
 * less than half of what it frees.
 *
 * @param targetBytes size that files grow to; at least 1
 * @param minFiles number of small files that is worth a merge; at least 2
 * @param minLive share of live rows below which a file is rewritten; from 0, which never does, to 1
 */
public record CompactionPolicy(long targetBytes, int minFiles, double minLive) {

  /** About a million rows of ten columns; ten commits; half. */
  public static final CompactionPolicy DEFAULT = new CompactionPolicy(64L << 20, 10, 0.5);

  /** Files below this are merged whatever their sizes: opening them costs more than reading. */
  private static final long TINY_BYTES = 1 << 20;

  public CompactionPolicy {
    if (targetBytes < 1 || minFiles < 2 || minLive < 0 || minLive > 1) {
      throw new IllegalArgumentException(
          "Not a compaction policy: " + targetBytes + ", " + minFiles + ", " + minLive);
    }
  }

  /**
   * An active file.
   *
   * @param path path in the log
   * @param bytes its size
   * @param rows rows in it, deleted ones included
   * @param liveRows rows that the table shows
   */
  public record Candidate(String path, long bytes, long rows, long liveRows) {

    /** About the size that its live rows take. */
    long liveBytes() {
      return rows == 0 ? 0 : Math.round((double) bytes * liveRows / rows);
    }

    double liveShare() {
      return rows == 0 ? 0 : (double) liveRows / rows;
    }
  }

  /** Paths of the files to be rewritten as one; empty where none are worth it. */
  public List<String> choose(Collection<Candidate> files) {
    List<Candidate> merged = smallFiles(files);
    if (merged.isEmpty()) {
      merged = sparseFiles(files);
    }
    return merged.stream().map(Candidate::path).toList();
  }

  /** Number of files that are merged once there are enough of their size. */
  public int countSmall(Collection<Candidate> files) {
    return (int) files.stream().filter(this::isSmall).count();
  }

  private boolean isSmall(Candidate file) {
    return file.liveBytes() <= targetBytes / 2;
  }

  private List<Candidate> smallFiles(Collection<Candidate> files) {
    List<Candidate> ascending =
        files.stream()
            .filter(this::isSmall)
            .sorted(Comparator.comparingLong(Candidate::liveBytes).thenComparing(Candidate::path))
            .toList();
    List<Candidate> chosen = new ArrayList<>();
    long sum = 0;
    for (Candidate file : ascending) {
      long bytes = file.liveBytes();
      if (chosen.size() > 1 && sum + bytes > targetBytes) {
        return chosen;
      }
      if (bytes > Math.max(sum + sum / 4, TINY_BYTES)) {
        if (chosen.size() >= minFiles) {
          return chosen;
        }
        // Too few below: they wait for company of their own size.
        chosen.clear();
        sum = 0;
      }
      chosen.add(file);
      sum += bytes;
    }
    return chosen.size() >= minFiles ? chosen : List.of();
  }

  private List<Candidate> sparseFiles(Collection<Candidate> files) {
    List<Candidate> sparsest =
        files.stream()
            .filter(file -> file.liveShare() < minLive)
            .sorted(Comparator.comparingDouble(Candidate::liveShare))
            .toList();
    List<Candidate> chosen = new ArrayList<>();
    long sum = 0;
    for (Candidate file : sparsest) {
      sum += file.liveBytes();
      if (!chosen.isEmpty() && sum > targetBytes) {
        break;
      }
      chosen.add(file);
    }
    return chosen;
  }
}
