package dev.procura.gateway.fleet;

import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The server keys: 32 bytes each, all different, at least one. The first seals, all open. Read once, at the start. Prints
 * how many they are, and none of them.
 *
 * <p>Checked: the length, and that no key is one byte again and again. Not checked: that a key is random.
 */
public final class SealKeys {

    private static final String FROM_LIST = "procura.cache.seal-keys";
    private static final String FROM_FILE = "procura.cache.seal-keys-file";

    private static final int LENGTH = 32;

    /** Each one more costs a look into the store for everything that is not there. Two are enough to rotate. */
    private static final int MAX_KEYS = 4;

    /** Far more than so many keys and a comment on each. */
    private static final int MAX_FILE_BYTES = 64 * 1024;

    private final List<byte[]> keys;

    private SealKeys(List<byte[]> keys) {
        this.keys = List.copyOf(keys);
    }

    /** @throws InvalidSetting when the keys cannot be read, or are no keys */
    public static SealKeys of(CacheProperties properties) {
        properties.check();
        String file = properties.sealKeysFile();
        return file == null
                ? read(
                        FROM_LIST,
                        properties.sealKeys().stream().map(Secret::reveal).toList())
                : read(FROM_FILE, lines(file));
    }

    List<byte[]> values() {
        return keys;
    }

    private static SealKeys read(String key, List<String> texts) {
        if (texts.isEmpty()) {
            throw invalid(key, "holds no key");
        }
        if (texts.size() > MAX_KEYS) {
            throw invalid(key, "holds more than " + MAX_KEYS + " keys: remove the old ones");
        }
        List<byte[]> keys = new ArrayList<>();
        for (String text : texts) {
            String which = "key " + (keys.size() + 1) + " of " + texts.size();
            byte[] one = decoded(key, which, text.strip());
            if (keys.stream().anyMatch(other -> Arrays.equals(other, one))) {
                throw invalid(key, "holds the same key twice: " + which);
            }
            keys.add(one);
        }
        return new SealKeys(keys);
    }

    private static byte[] decoded(String key, String which, String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw invalid(key, "is not base64: " + which);
        }
        if (bytes.length != LENGTH) {
            throw invalid(key, "is not base64 of " + LENGTH + " bytes, but of " + bytes.length + ": " + which);
        }
        for (byte one : bytes) {
            if (one != bytes[0]) {
                return bytes;
            }
        }
        throw invalid(key, "is one byte again and again, and no random key: " + which);
    }

    private static List<String> lines(String file) {
        try (InputStream stream = Files.newInputStream(Path.of(file))) {
            byte[] bytes = stream.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw invalid(FROM_FILE, "names a file that is longer than 64 KiB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException | IllegalArgumentException | SecurityException e) {
            // Without the path, which may be a key in the wrong place.
            throw invalid(
                    FROM_FILE,
                    "names a file that is missing, not readable or not UTF-8 ("
                            + e.getClass().getSimpleName() + ")");
        }
    }

    private static InvalidSetting invalid(String key, String reason) {
        return new InvalidSetting(
                key,
                reason,
                key.equals(FROM_FILE)
                        ? "seal-keys-file: /run/secrets/seal-keys"
                        : "seal-keys: [\"${SEAL_KEY}\"]  # of: openssl rand -base64 32");
    }

    @Override
    public String toString() {
        return "SealKeys[" + keys.size() + "]";
    }
}
