// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Parser of settings that hold a list. */
final class SettingList {
  private SettingList() {}

  /** The parts of a text, stripped, without empty parts; none if the text is null or blank. */
  static List<String> split(String text, String separator) {
    return text == null
        ? List.of()
        : Arrays.stream(text.split(Pattern.quote(separator)))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toList();
  }
}
