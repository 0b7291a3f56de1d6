// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * An encoder of lists as binary arrays; nested lists of equal lengths become further dimensions.
 *
 * @param element encoder of the innermost elements
 * @param elementOid their type
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c">arrayfuncs.c:
 *     array_recv</a>
 */
record ArrayEncoder(Encoder element, int elementOid) implements Encoder {

  @Override
  public void write(Object value, CopyBuffer out) {
    List<?> list = (List<?>) value;
    List<Integer> dimensions = new ArrayList<>();
    for (Object level = list; level instanceof List<?> inner && !inner.isEmpty(); ) {
      dimensions.add(inner.size());
      level = inner.get(0);
    }
    int begin = out.beginField();
    out.int32(dimensions.size()).int32(1).int32(elementOid);
    for (int size : dimensions) {
      out.int32(size).int32(1);
    }
    writeElements(list, dimensions, 0, out);
    out.endField(begin);
  }

  private void writeElements(List<?> list, List<Integer> dimensions, int depth, CopyBuffer out) {
    if (depth < dimensions.size() && list.size() != dimensions.get(depth)) {
      throw new UnfitValueException("an array's inner arrays have different lengths");
    }
    for (Object each : list) {
      boolean inner = depth + 1 < dimensions.size();
      if (inner && !(each instanceof List<?>) || !inner && each instanceof List<?>) {
        throw new UnfitValueException("an array holds both elements and inner arrays");
      }
      if (each instanceof List<?> nested) {
        writeElements(nested, dimensions, depth + 1, out);
      } else if (each == null) {
        out.nullField();
      } else {
        element.write(each, out);
      }
    }
  }
}
