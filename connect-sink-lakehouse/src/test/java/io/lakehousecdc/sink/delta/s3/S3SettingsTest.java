// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3SettingsTest {

  @Test
  void defaultsAreWithoutProblems() {
    assertThat(S3Settings.problems(settings(Map.of()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delta.s3.access.key.id         | delta.s3.access.key.id=A",
        "delta.s3.secret.access.key     | delta.s3.secret.access.key=S",
        "delta.s3.session.token         | delta.s3.session.token=T",
        "delta.s3.assume.role.external.id | delta.s3.assume.role.external.id=x",
        "delta.s3.sse.key               | delta.s3.sse.key=k",
        "delta.s3.sse.key               | delta.s3.sse.key=k;delta.s3.sse.type=s3",
        "delta.s3.endpoint              | delta.s3.endpoint=minio:9000",
        "delta.s3.endpoint              | delta.s3.endpoint=https://user:word@minio",
        "delta.s3.proxy.url             | delta.s3.proxy.url=socks://host:1",
        "delta.s3.proxy.user            | delta.s3.proxy.url=http://host:1;delta.s3.proxy.user=u",
        "delta.s3.proxy.password        | delta.s3.proxy.url=http://h:1;delta.s3.proxy.password=p",
        "delta.s3.retries               | delta.s3.retries=-1",
        "delta.s3.connect.timeout.ms    | delta.s3.connect.timeout.ms=0",
        "delta.s3.request.timeout.ms    | delta.s3.request.timeout.ms=0",
      })
  void contradictionIsTold(String key, String given) {
    List<SettingProblem> problems = S3Settings.problems(settings(parse(given)));

    assertThat(problems).extracting(SettingProblem::key).containsExactly(key);
    assertThat(problems.toString()).doesNotContain("word");
  }

  @Test
  void nothingSecretIsInTheText() {
    S3Settings read =
        S3Settings.of(
            settings(
                Map.of(
                    S3Settings.ACCESS_KEY_ID, "id-1",
                    S3Settings.SECRET_ACCESS_KEY, "secret-1",
                    S3Settings.SESSION_TOKEN, "token-1",
                    S3Settings.PROXY_URL, "http://host:1",
                    S3Settings.PROXY_USER, "user",
                    S3Settings.PROXY_PASSWORD, "word-1")));

    assertThat(read.toString()).doesNotContain("id-1", "secret-1", "token-1", "word-1");
  }

  private static Map<String, String> parse(String given) {
    Map<String, String> values = new HashMap<>();
    Arrays.stream(given.split(";"))
        .map(each -> each.split("=", 2))
        .forEach(each -> values.put(each[0], each[1]));
    return values;
  }

  private static TargetSettings settings(Map<String, String> given) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : S3Settings.ALL) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.putAll(given);
    return new TargetSettings(values, TableOptions.DEFAULT);
  }
}
