// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.ServerErrorMessage;

/** Tests of what is told of the server's messages, which are in the language of its settings. */
class ServerTextsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          value too long for type character varying(5)    | value too long for type character varying(5)
          invalid input syntax for type integer: "marker" | invalid input syntax for type integer
          value "marker" is out of range for type integer | value … is out of range for type integer
          value "a" b: "marker" is out of range           | value … is out of range
          invalid byte sequence for encoding "UTF8": 0xff | invalid byte sequence for encoding …
          syntaxe en entrée invalide : « marker »         | syntaxe en entrée invalide
          Wert »marker« ist zu groß                       | Wert … ist zu groß
          无效的类型 integer 输入语法："marker"              | 无效的类型 integer 输入语法
          integer out of range                            | integer out of range
          """)
  void valueIsLeftOutOfTheMessageOfADataException(String message, String told) {
    assertEquals(told, ServerTexts.discreet(error("22P02", message, "int.c")).strip());
  }

  @ParameterizedTest
  @CsvSource({
    "23505, nbtinsert.c, true",
    "42P01, parse_relation.c, true",
    "23505, pl_exec.c, false",
    "P0001, pl_exec.c, false",
    "38000, other.c, false",
    "ABC12, other.c, false"
  })
  void messageThatMaySayAnythingIsLeftOut(String state, String file, boolean told) {
    String message = "duplicate key violates \"orders_pkey\"";
    assertEquals(told, ServerTexts.discreet(error(state, message, file)).equals(message));
  }

  /** As the protocol sends it: fields, each with its code, ended by a zero. */
  private static ServerErrorMessage error(String state, String message, String file) {
    return new ServerErrorMessage("C" + state + "\0M" + message + "\0F" + file + "\0");
  }
}
