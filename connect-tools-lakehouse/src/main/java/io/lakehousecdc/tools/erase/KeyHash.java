// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.tools.removal.KeyText;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Salted hashes of keys: who knows a key can tell that it was erased. Slow on purpose, because keys
 * may be few enough to try all of them.
 *
 * @param salt 16 random bytes, hexadecimal
 * @param hash 32 bytes, hexadecimal
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8018">RFC 8018: PBKDF2</a>
 */
record KeyHash(String salt, String hash) {
  private static final int ROUNDS = 200_000;
  private static final int BITS = 256;
  private static final int SALT_BYTES = 16;

  /** With a salt of its own. */
  static KeyHash of(String table, KeyText key) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return of(table, key, HexFormat.of().formatHex(salt));
  }

  /** With the salt of an earlier one. */
  static KeyHash of(String table, KeyText key, String salt) {
    StringBuilder text = new StringBuilder();
    append(text, table);
    Map<String, String> sorted = new TreeMap<>();
    key.columns().forEach((name, value) -> sorted.put(name.toLowerCase(Locale.ROOT), value));
    sorted.forEach(
        (name, value) -> {
          append(text, name);
          append(text, value);
        });
    try {
      byte[] hash =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(
                  new PBEKeySpec(
                      HexFormat.of()
                          .formatHex(text.toString().getBytes(StandardCharsets.UTF_8))
                          .toCharArray(),
                      HexFormat.of().parseHex(salt),
                      ROUNDS,
                      BITS))
              .getEncoded();
      return new KeyHash(salt, HexFormat.of().formatHex(hash));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has PBKDF2WithHmacSHA256", e);
    }
  }

  /** With its length, so that the parts of different keys never look alike. */
  private static void append(StringBuilder text, String part) {
    text.append(part == null ? "-" : part.length() + ":" + part).append(';');
  }
}
