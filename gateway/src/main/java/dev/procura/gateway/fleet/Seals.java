package dev.procura.gateway.fleet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Everything that is sealed, opened and named for the shared store. The first server key seals and names; all open.
 *
 * <p>A sealed value is the format's version, a nonce of 96 bits, and AES-256-GCM of the plain bytes, which authenticates the
 * version and the context as well. Its key comes by HKDF-SHA256 from the server key and a secret that is not in the store
 * (the subject token, say): neither alone opens it. Each {@link Purpose} has keys of its own.
 *
 * <p>Guaranteed: what opens was sealed by a replica with one of the server keys, for this purpose, this secret and this
 * context. Not checked: when that was, so an earlier value can be put back; the plain bytes have to say how long they count.
 * The length of the plain bytes shows.
 *
 * <p>Safe for use by several threads.
 */
public final class Seals {

    /** Of names, keys and values alike: another version has other names, so two versions never meet. */
    static final byte VERSION = 1;

    /** Far more than anything that is sealed; longer values are not even looked at. */
    static final int MAX_LENGTH = 256 * 1024;

    private static final int NONCE_LENGTH = 12;
    private static final int TAG_LENGTH = 16;
    private static final int HEAD_LENGTH = 1 + NONCE_LENGTH;

    private final List<byte[]> serverKeys;
    private final SecureRandom random = new SecureRandom();

    public Seals(SealKeys keys) {
        this.serverKeys = keys.values();
    }

    /**
     * @param secret what is needed beside a server key to open it
     * @param context what it belongs to; is authenticated, and has to be known to open it
     */
    public byte[] seal(Purpose purpose, byte[] secret, byte[] context, byte[] plain) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        return encrypt(valueKey(serverKeys.get(0), purpose, secret), nonce, context, plain);
    }

    /** Empty for whatever was not sealed like this, whichever bytes it is. */
    public Optional<byte[]> open(Purpose purpose, byte[] secret, byte[] context, byte[] value) {
        return serverKeys.stream()
                .map(serverKey -> decrypt(valueKey(serverKey, purpose, secret), context, value))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * Seals what every replica may write: the same record is the same bytes, whoever seals it with this server key. So the
     * store sees which records are equal, and nothing else of them. The nonce is a keyed digest of the purpose, the context
     * and the plain bytes, so it comes again only with all of them.
     */
    public byte[] sealRecord(Purpose purpose, byte[] context, byte[] plain) {
        byte[] serverKey = serverKeys.get(0);
        byte[] length =
                ByteBuffer.allocate(Integer.BYTES).putInt(context.length).array();
        byte[] digest = Hkdf.hmac(key(serverKey, purpose, "record nonce"), length, context, plain);
        return encrypt(key(serverKey, purpose, "record"), Arrays.copyOf(digest, NONCE_LENGTH), context, plain);
    }

    /** Empty for whatever was not sealed as a record like this, whichever bytes it is. */
    public Optional<byte[]> openRecord(Purpose purpose, byte[] context, byte[] value) {
        return serverKeys.stream()
                .map(serverKey -> decrypt(key(serverKey, purpose, "record"), context, value))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * The names of one thing in the store, one for each server key: the first is written to, all are read, in this order.
     * They tell nobody without a server key what they stand for.
     *
     * @param digest what it is; need not be short or secret
     */
    public List<String> names(Purpose purpose, byte[] digest) {
        return serverKeys.stream()
                .map(serverKey -> "procura:" + VERSION + purpose.letter() + ":"
                        + Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(Hkdf.hmac(key(serverKey, purpose, "name"), digest)))
                .toList();
    }

    private static byte[] valueKey(byte[] serverKey, Purpose purpose, byte[] secret) {
        return Hkdf.derive(serverKey, salt(secret), info(purpose, "value"));
    }

    private static byte[] key(byte[] serverKey, Purpose purpose, String use) {
        return Hkdf.derive(serverKey, new byte[0], info(purpose, use));
    }

    private static byte[] info(Purpose purpose, String use) {
        return ("procura " + VERSION + " " + purpose.letter() + " " + use).getBytes(StandardCharsets.US_ASCII);
    }

    /** With words of our own in front: the digest of a token alone is known to tiers ({@code ath}). */
    private static byte[] salt(byte[] secret) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(("procura " + VERSION + " secret ").getBytes(StandardCharsets.US_ASCII));
            return sha256.digest(secret);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] encrypt(byte[] key, byte[] nonce, byte[] context, byte[] plain) {
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, context).doFinal(plain);
            return ByteBuffer.allocate(HEAD_LENGTH + sealed.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    private static Optional<byte[]> decrypt(byte[] key, byte[] context, byte[] value) {
        if (value.length < HEAD_LENGTH + TAG_LENGTH || value.length > MAX_LENGTH || value[0] != VERSION) {
            return Optional.empty();
        }
        try {
            byte[] nonce = Arrays.copyOfRange(value, 1, HEAD_LENGTH);
            return Optional.of(cipher(Cipher.DECRYPT_MODE, key, nonce, context)
                    .doFinal(value, HEAD_LENGTH, value.length - HEAD_LENGTH));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_LENGTH, nonce));
        cipher.updateAAD(new byte[] {VERSION});
        cipher.updateAAD(context);
        return cipher;
    }

    @Override
    public String toString() {
        return "Seals[" + serverKeys.size() + "]";
    }
}
