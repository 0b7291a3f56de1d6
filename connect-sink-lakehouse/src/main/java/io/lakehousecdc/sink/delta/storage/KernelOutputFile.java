// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.utils.CloseableIterator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A file as Kernel writes it: log entries at once, checkpoints as a stream.
 *
 * @param entries is told of each log entry that was put
 * @param intact whether what a stream is made of has not failed
 */
record KernelOutputFile(
    FileIO store, String path, Consumer<FileInfo> entries, BooleanSupplier intact)
    implements OutputFile {

  /** Every file is written atomically, whatever is asked for. */
  @Override
  public PositionOutputStream create(boolean atomicWrite) throws IOException {
    return new Stream(store.create(path), intact);
  }

  @Override
  public void writeAtomically(CloseableIterator<String> lines, boolean overwrite)
      throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (lines) {
      while (lines.hasNext()) {
        content.write(lines.next().getBytes(UTF_8));
        content.write('\n');
      }
    }
    if (overwrite) {
      replace(content.toByteArray());
    } else {
      ConfirmedPut.put(store, path, content.toByteArray());
      entries.accept(new FileInfo(path, content.size(), System.currentTimeMillis()));
    }
  }

  void replace(byte[] content) throws IOException {
    try (FileOutput output = store.create(path)) {
      output.write(content);
      output.complete();
    }
  }

  /**
   * A Parquet file, which is completed when it is closed, unless a write or what is written has
   * failed: parquet-java closes its stream also where it has failed before the footer, which the
   * file's last bytes tell.
   *
   * @see <a href="https://parquet.apache.org/docs/file-format/">Parquet: file format</a>
   */
  private static final class Stream extends PositionOutputStream {
    private static final byte[] MAGIC = "PAR1".getBytes(US_ASCII);

    private final FileOutput output;
    private final byte[] last = new byte[MAGIC.length];
    private final BooleanSupplier intact;
    private boolean whole = true;
    private boolean closed;

    Stream(FileOutput output, BooleanSupplier intact) {
      this.output = output;
      this.intact = intact;
    }

    @Override
    public long getPos() {
      return output.position();
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      boolean before = whole;
      whole = false;
      output.write(bytes, offset, length);
      remember(bytes, offset, length);
      whole = before;
    }

    private void remember(byte[] bytes, int offset, int length) {
      int fresh = Math.min(length, last.length);
      System.arraycopy(last, fresh, last, 0, last.length - fresh);
      System.arraycopy(bytes, offset + length - fresh, last, last.length - fresh, fresh);
    }

    /** A file begins with the same bytes that end it. */
    private boolean hasFooter() {
      return output.position() > 2L * MAGIC.length && Arrays.equals(last, MAGIC);
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (output) {
        if (whole && intact.getAsBoolean() && hasFooter()) {
          output.complete();
        }
      }
    }
  }
}
