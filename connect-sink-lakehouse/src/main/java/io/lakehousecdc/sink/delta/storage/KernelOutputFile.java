// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.utils.CloseableIterator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

  /** Completes the file when it is closed, unless a write or what is written has failed. */
  private static final class Stream extends PositionOutputStream {
    private final FileOutput output;
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
      whole = before;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (output) {
        if (whole && intact.getAsBoolean()) {
          output.complete();
        }
      }
    }
  }
}
