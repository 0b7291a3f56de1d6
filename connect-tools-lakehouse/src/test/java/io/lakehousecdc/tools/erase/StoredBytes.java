// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/** Looks for a text in every file below a directory: in its bytes, and in rows of Parquet files. */
final class StoredBytes {
  private StoredBytes() {}

  /** Names of the files that hold the text. */
  static Set<String> holding(Path directory, String text) throws IOException {
    return holding(directory, text, file -> true);
  }

  static Set<String> holding(Path directory, String text, Predicate<Path> wanted)
      throws IOException {
    Set<String> holding = new TreeSet<>();
    for (Path file : files(directory).stream().filter(wanted).toList()) {
      try {
        if (isIn(file, text)) {
          holding.add(directory.relativize(file).toString());
        }
      } catch (NoSuchFileException | UncheckedIOException gone) {
        // A server removes files at any time.
      }
    }
    return holding;
  }

  /** The files below a directory, also where some go meanwhile. */
  private static List<Path> files(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    return files;
  }

  private static boolean isIn(Path file, String text) throws IOException {
    if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
        .contains(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))) {
      return true;
    }
    return file.toString().endsWith(".parquet") && isInRows(file, text);
  }

  private static boolean isInRows(Path file, String text) throws IOException {
    try (ParquetFileReader reader =
        new ParquetFileReader(
            new LocalInputFile(file),
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
      for (PageReadStore pages = reader.readNextRowGroup();
          pages != null;
          pages = reader.readNextRowGroup()) {
        RecordReader<Group> rows = columns.getRecordReader(pages, new GroupRecordConverter(schema));
        for (long row = 0; row < pages.getRowCount(); row++) {
          if (rows.read().toString().contains(text)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
