// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;

/**
 * A {@link FileIO#putIfAbsent} whose end is certain wherever the store can be read. A store's
 * answer may be lost after the file was written, and a client that then repeats its request by
 * itself is told that the name is taken: by its own file. So whatever the store answers but
 * success, the file is read and compared.
 *
 * <p>The content has to be one that no other writer writes: log entries of Delta carry an
 * identifier of their transaction.
 */
final class ConfirmedPut {
  private ConfirmedPut() {}

  /**
   * Returns where the file is there with this content, whoever says so.
   *
   * @throws FileAlreadyExistsException another writer's file has the name; this one was not written
   * @throws IOException whether the file was written is not known, or it may still be
   */
  static void put(FileIO store, String location, byte[] content) throws IOException {
    try {
      store.putIfAbsent(location, content);
    } catch (IOException failure) {
      if (!isThere(store, location, content, failure)) {
        FileAlreadyExistsException taken = new FileAlreadyExistsException(location);
        taken.addSuppressed(failure);
        throw taken;
      }
    }
  }

  /** Whether the file that is there is this one. */
  private static boolean isThere(FileIO store, String location, byte[] content, IOException failure)
      throws IOException {
    try (FileInput input = store.open(location)) {
      if (input.length() != content.length) {
        return false;
      }
      ByteBuffer found = ByteBuffer.allocate(content.length);
      input.readFully(0, found);
      return Arrays.equals(found.array(), content);
    } catch (FileNotFoundException missing) {
      throw unknown(location, "is not there", failure, missing);
    } catch (IOException unreadable) {
      throw unknown(location, "cannot be read", failure, unreadable);
    }
  }

  /** Not with the store's failure as its cause, which may say that the name is taken. */
  private static IOException unknown(
      String location, String state, IOException failure, IOException reading) {
    IOException unknown =
        new IOException(
            "Whether "
                + location
                + " was written is not known: "
                + failure
                + "; it "
                + state
                + " after that");
    unknown.addSuppressed(failure);
    unknown.addSuppressed(reading);
    return unknown;
  }
}
