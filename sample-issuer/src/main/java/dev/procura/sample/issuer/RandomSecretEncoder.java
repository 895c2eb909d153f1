package dev.procura.sample.issuer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Keeps a digest of secrets that a machine made up. They cannot be guessed, so nothing is gained by a slow hash, and a
 * slow one would be paid at every token request. Wrong for passwords that people choose.
 */
final class RandomSecretEncoder implements PasswordEncoder {

    @Override
    public @Nullable String encode(@Nullable CharSequence secret) {
        return secret == null ? null : HexFormat.of().formatHex(digest(secret));
    }

    @Override
    public boolean matches(@Nullable CharSequence secret, @Nullable String encoded) {
        return secret != null
                && encoded != null
                && MessageDigest.isEqual(digest(secret), HexFormat.of().parseHex(encoded));
    }

    private static byte[] digest(CharSequence secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.toString().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
