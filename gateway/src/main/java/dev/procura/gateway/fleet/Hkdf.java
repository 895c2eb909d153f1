package dev.procura.gateway.fleet;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF with SHA-256 (RFC 5869), for one block of output, which is all that a key of 256 bits takes. The JDK has it from
 * version 25 on.
 */
final class Hkdf {

    /** {@code HashLen}. */
    static final int LENGTH = 32;

    private static final String HMAC = "HmacSHA256";

    private Hkdf() {}

    /** The first 32 bytes of output keying material. */
    static byte[] derive(byte[] keyingMaterial, byte[] salt, byte[] info) {
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        return hmac(extract(keyingMaterial, salt), block);
    }

    /** Section 2.2: without a salt, a string of zeros is the salt. */
    static byte[] extract(byte[] keyingMaterial, byte[] salt) {
        return hmac(salt.length == 0 ? new byte[LENGTH] : salt, keyingMaterial);
    }

    static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
