package dev.procura.gateway.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A SHA-256 digest that stands for a secret: safe to compare, to use as a key and to log.
 *
 * <p>Kept as four words rather than an array, so that equality and hashing cost a few instructions.
 */
public record Fingerprint(long a, long b, long c, long d) {

    /** The digest of the ASCII text of a token. */
    public static Fingerprint of(String text) {
        return of(text.getBytes(StandardCharsets.US_ASCII));
    }

    public static Fingerprint of(byte[] bytes) {
        ByteBuffer digest = ByteBuffer.wrap(sha256().digest(bytes));
        return new Fingerprint(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }

    /** 32 bytes, big endian. */
    public byte[] bytes() {
        return ByteBuffer.allocate(32)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
    }

    /** The form of the {@code ath} claim (RFC 9449 section 4.2): base64url without padding. */
    public String base64Url() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes());
    }

    @Override
    public int hashCode() {
        // A digest is evenly spread already; mixing it again would buy nothing.
        return (int) a;
    }

    /** The first 48 bits: enough to find a line in a log, of no use to anyone else. */
    @Override
    public String toString() {
        return String.format("sha256:%012x", a >>> 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
