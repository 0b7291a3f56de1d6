// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.codec;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonbRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "\"a\"",
        "{}",
        "{\"a\": 1, \"b\": 2, \"aa\": {\"a\": [{\"a\": 1}, {\"a\": 1}], \"b\": \"a\"}}",
        "{\"b\":1,\"a\":{\"b\":1,\"a\":2}}",
        "{\"a\":\"b\",\"b\":[\"a\",\"a\"]}",
        "[\"a\",\"a\",{\"a\":\"a\"},\"a\"]",
        "{\"\\\\u0000\":1}",
        "{\"a\\\"\":1,\"a\":2,\"\\u0061a\":3}",
        "{\"a\":\"{\\\"a\\\":1,\\\"a\\\":2}\"}",
        "{\"é\":1,\"zz\":2}",
        "{\"a\" : \"}\", \"b\" : \"{\"}",
        "{\"a",
        "}}",
        "{\"a\":1",
        ""
      })
  void jsonbHoldsIt(String json) {
    assertThatCode(() -> JsonbRules.requireStorable(json)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "{\"x\":[{\"b\":1,\"c\":{\"d\":1},\"b\":2}]}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"\\n\":1,\"\\u000a\":2}",
        "{\"\":1, \"\" :2}"
      })
  void keyThatComesTwiceIsRefused(String json) {
    assertThatThrownBy(() -> JsonbRules.requireStorable(json))
        .isInstanceOf(UnfitValueException.class)
        .hasMessageContaining("key twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\u0000\"",
        "{\"a\\u0000\":1}",
        "[1,{\"a\":\"b\\\\\\u0000\"}]",
        "\"x\\\"\\u0000\""
      })
  void nullCharacterIsRefused(String json) {
    assertThatThrownBy(() -> JsonbRules.requireStorable(json))
        .isInstanceOf(UnfitValueException.class)
        .hasMessageContaining("u0000");
  }
}
