// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileOutput;
import java.io.IOException;

/** A file that does what another does; tests override what is to go differently. */
class ForwardingFileOutput extends FileOutput {
  private final FileOutput output;

  ForwardingFileOutput(FileOutput output) {
    this.output = output;
  }

  @Override
  public long position() {
    return output.position();
  }

  @Override
  public void complete() throws IOException {
    output.complete();
  }

  @Override
  public void close() throws IOException {
    output.close();
  }

  @Override
  public void write(int value) throws IOException {
    output.write(value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    output.write(bytes, offset, length);
  }
}
