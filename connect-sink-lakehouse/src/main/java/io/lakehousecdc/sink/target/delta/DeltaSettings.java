package io.lakehousecdc.sink.target.delta;

import io.lakehousecdc.sink.target.Setting;
import io.lakehousecdc.sink.target.Setting.Kind;
import io.lakehousecdc.sink.target.TargetSettings;
import io.lakehousecdc.sink.target.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.target.delta.parquet.WriteOptions.Codec;
import io.lakehousecdc.sink.target.delta.parquet.WriteOptions.Encoding;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of this target, read.
 *
 * @param root {@code delta.root} as it was given
 * @param deletionVectors {@code delta.deletion.vectors}
 * @param codec {@code delta.parquet.compression}
 * @param tableProperties {@code delta.table.properties.*} by what follows the prefix
 */
record DeltaSettings(
    String root, boolean deletionVectors, Codec codec, Map<String, String> tableProperties) {

  static final String ROOT = "delta.root";
  static final String DELETION_VECTORS = "delta.deletion.vectors";
  static final String COMPRESSION = "delta.parquet.compression";
  static final String TABLE_PROPERTIES = "delta.table.properties.";

  static final List<Setting> ALL =
      List.of(
          Setting.required(
              ROOT,
              Kind.TEXT,
              "Directory (a path or a file: URI) below which tables lie, as"
                  + " <root>/<schema>/<table>. All workers must see the same one."),
          Setting.optional(
              DELETION_VECTORS,
              Kind.BOOLEAN,
              "true",
              "Whether created tables remove rows by deletion vectors, which makes the cost of a"
                  + " commit independent of the size of the table. Set it to false for readers"
                  + " that know protocol version 1 only: every commit then rewrites the files that"
                  + " it touches, and timestamps without time zone become instants in UTC."),
          Setting.choice(
              COMPRESSION,
              "zstd",
              List.of("zstd", "snappy", "uncompressed"),
              "Compression of data files."));

  static DeltaSettings of(TargetSettings settings) {
    return new DeltaSettings(
        settings.text(ROOT),
        settings.flag(DELETION_VECTORS),
        Codec.named(settings.text(COMPRESSION)),
        settings.withPrefix(TABLE_PROPERTIES));
  }

  /** How data files are written. */
  WriteOptions writeOptions() {
    return new WriteOptions(codec, deletionVectors ? Encoding.STANDARD : Encoding.LEGACY);
  }

  /** Properties of a table that this sink creates; those of the user win. */
  Map<String, String> newTableProperties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put("delta.feature.domainMetadata", "supported");
    if (deletionVectors) {
      properties.put("delta.enableDeletionVectors", "true");
      properties.put("delta.columnMapping.mode", "name");
    }
    properties.putAll(tableProperties);
    return properties;
  }
}
