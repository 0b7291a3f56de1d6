// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static java.util.Objects.requireNonNull;

import io.delta.kernel.types.DataType;
import java.util.OptionalInt;

/**
 * A top-level column of a Delta table as its files know it. Values are of one Java class per Delta
 * type; null is NULL for all of them:
 *
 * <table>
 * <caption>Java classes of values</caption>
 * <tr><td>boolean</td><td>{@link Boolean}</td></tr>
 * <tr><td>byte, short, integer, long</td><td>{@link Byte}, {@link Short}, {@link Integer}, {@link
 * Long}; for writing also a narrower one of these</td></tr>
 * <tr><td>float, double</td><td>{@link Float}, {@link Double}</td></tr>
 * <tr><td>decimal</td><td>{@link java.math.BigDecimal} that fits precision and scale without
 * rounding</td></tr>
 * <tr><td>string</td><td>{@link String}</td></tr>
 * <tr><td>binary</td><td>{@code byte[]}</td></tr>
 * <tr><td>date</td><td>{@link Integer}, days since 1970-01-01</td></tr>
 * <tr><td>timestamp, timestamp_ntz</td><td>{@link Long}, microseconds since 1970-01-01T00:00</td>
 * </tr>
 * <tr><td>array</td><td>{@link java.util.List}</td></tr>
 * <tr><td>map</td><td>{@link java.util.Map}</td></tr>
 * <tr><td>struct</td><td>{@code Object[]}, one value per field</td></tr>
 * </table>
 *
 * @param name display name
 * @param physicalName name in the files and in statistics; equal to {@code name} without column
 *     mapping
 * @param fieldId Parquet field id; empty without column mapping
 * @param type Delta type; fields of structs in it carry their physical names and ids
 * @param nullable whether the column may hold NULL
 * @param resolution how the column is found in files
 * @param indexed whether the statistics of a new file tell of it
 */
public record DeltaColumn(
    String name,
    String physicalName,
    OptionalInt fieldId,
    DataType type,
    boolean nullable,
    Resolution resolution,
    boolean indexed) {
  public DeltaColumn {
    requireNonNull(name, "name");
    requireNonNull(physicalName, "physicalName");
    requireNonNull(fieldId, "fieldId");
    requireNonNull(type, "type");
    requireNonNull(resolution, "resolution");
  }

  /** A column that is found by its physical name, with statistics. */
  public DeltaColumn(
      String name, String physicalName, OptionalInt fieldId, DataType type, boolean nullable) {
    this(name, physicalName, fieldId, type, nullable, Resolution.NAME, true);
  }

  /** The same column with statistics, or without. */
  public DeltaColumn indexed(boolean wanted) {
    return wanted == indexed
        ? this
        : new DeltaColumn(name, physicalName, fieldId, type, nullable, resolution, wanted);
  }
}
