// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.maintenance.CompactionPolicy.Candidate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompactionPolicyTest {
  private static final int BYTES_PER_ROW = 57;
  private static final long MIB = 1 << 20;

  private final CompactionPolicy policy = CompactionPolicy.DEFAULT;

  @Test
  void enoughSmallFilesAreMerged() {
    List<Candidate> nine = files(9, MIB);
    assertEquals(List.of(), policy.choose(nine));

    List<Candidate> ten = files(10, MIB);
    assertEquals(10, policy.choose(ten).size());
  }

  @Test
  void filesThatDifferALittleAreMerged() {
    List<Candidate> files = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      files.add(new Candidate("file-" + i, 2 * MIB + i, 1000, 1000));
    }

    assertEquals(10, policy.choose(files).size());
  }

  @Test
  void largerFilesAreLeftAlone() {
    List<Candidate> files = files(10, MIB);
    files.add(new Candidate("large", 40 * MIB, 1000, 1000));

    assertTrue(!policy.choose(files).contains("large"));
  }

  @Test
  void fewFilesThatFillATargetAreMerged() {
    assertEquals(3, policy.choose(files(4, 20 * MIB)).size());
    assertEquals(List.of(), policy.choose(files(3, 20 * MIB)));
    assertEquals(List.of(), policy.choose(files(40, 40 * MIB)));
  }

  @Test
  void fileOfWhichMostRowsAreGoneIsRewritten() {
    Candidate sparse = new Candidate("sparse", 100 * MIB, 1000, 499);
    Candidate full = new Candidate("full", 100 * MIB, 1000, 501);

    assertEquals(List.of("sparse"), policy.choose(List.of(full, sparse)));
  }

  /**
   * Thousands of commits of 20,000 random changes: the number of files stays level, and rows are
   * not rewritten too often.
   */
  @ParameterizedTest
  @CsvSource({"1000000, 20000", "10000000, 20000", "1000000, 500", "0, 20000"})
  void numberOfFilesStaysLevel(long tableRows, int batch) {
    List<Candidate> files = new ArrayList<>();
    for (long row = 0; row < tableRows; row += 1_000_000) {
      files.add(file("base-" + row, 1_000_000));
    }
    boolean inserting = tableRows == 0;
    long written = 0;
    int most = 0;
    for (int commit = 0; commit < 3000; commit++) {
      // No two commits write files of exactly the same size.
      files.add(file("commit-" + commit, batch + commit % 7));
      written += batch;
      if (!inserting) {
        files = afterDeletes(files, batch);
      }
      List<String> chosen = policy.choose(files);
      if (!chosen.isEmpty() && commit % 3 == 0) {
        long rows =
            files.stream()
                .filter(file -> chosen.contains(file.path()))
                .mapToLong(Candidate::liveRows)
                .sum();
        files.removeIf(file -> chosen.contains(file.path()));
        files.add(file("compacted-" + commit, rows));
        written += rows;
      }
      long total = files.stream().mapToLong(Candidate::liveRows).sum();
      long base = total * BYTES_PER_ROW / (policy.targetBytes() / 2);
      most = Math.max(most, files.size() - (int) base);
    }
    double amplification = (double) written / (3000L * batch);
    assertTrue(most <= 60, "files beyond those of the target size: " + most);
    assertTrue(amplification < 7, "each row is written " + amplification + " times");
  }

  /** Deletes hit all live rows alike. */
  private static List<Candidate> afterDeletes(List<Candidate> files, int count) {
    long live = files.stream().mapToLong(Candidate::liveRows).sum();
    List<Candidate> after = new ArrayList<>();
    for (Candidate file : files) {
      long left = file.liveRows() - Math.round((double) count * file.liveRows() / live);
      if (left > 0) {
        after.add(new Candidate(file.path(), file.bytes(), file.rows(), left));
      }
    }
    return after;
  }

  private static Candidate file(String path, long rows) {
    return new Candidate(path, rows * BYTES_PER_ROW, rows, rows);
  }

  private static List<Candidate> files(int count, long bytes) {
    List<Candidate> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(new Candidate("file-" + i, bytes, 1000, 1000));
    }
    return files;
  }
}
