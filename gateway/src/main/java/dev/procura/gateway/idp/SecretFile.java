package dev.procura.gateway.idp;

import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file with a secret in it, read anew each time it is asked for: what has been replaced counts at once, however it
 * was replaced. Line breaks at the end are no part of the secret. While the file is missing, empty or not readable, the
 * last good content stays, and the log says so once.
 */
final class SecretFile implements Supplier<Secret> {

    /** 64 KiB: far more than a token. */
    static final int MAX_BYTES = 64 * 1024;

    private static final Logger log = LoggerFactory.getLogger(SecretFile.class);

    private final String key;
    private final Path path;
    private final AtomicReference<Secret> lastGood;
    private final AtomicBoolean failing = new AtomicBoolean();

    private SecretFile(String key, Path path, Secret first) {
        this.key = key;
        this.path = path;
        this.lastGood = new AtomicReference<>(first);
    }

    /**
     * @param key the configuration key that names the file
     * @throws InvalidSetting when nothing can be read from it now
     */
    static SecretFile of(String key, Path path) {
        try {
            return new SecretFile(key, path, read(path));
        } catch (IOException | RuntimeException e) {
            // Without the path, which may be a secret in the wrong place.
            throw new InvalidSetting(
                    key,
                    "names a file that is missing, empty, not readable, not UTF-8 or longer than 64 KiB ("
                            + e.getClass().getSimpleName() + ")",
                    key.substring(key.lastIndexOf('.') + 1) + ": /run/secrets/gateway");
        }
    }

    @Override
    public Secret get() {
        try {
            Secret secret = read(path);
            lastGood.set(secret);
            if (failing.getAndSet(false)) {
                log.info("{}: the file can be read again", key);
            }
            return secret;
        } catch (IOException | RuntimeException e) {
            if (!failing.getAndSet(true)) {
                log.warn("{}: the file cannot be read ({}), its last content is used", key, what(e));
            }
            return lastGood.get();
        }
    }

    private static Secret read(Path path) throws IOException {
        byte[] bytes;
        try (InputStream file = Files.newInputStream(path)) {
            bytes = file.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new UnusableContent("too long");
        }
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString()
                .replaceFirst("[\\r\\n]+$", "");
        if (text.isBlank()) {
            throw new UnusableContent("empty");
        }
        return Secret.of(text);
    }

    private static final class UnusableContent extends IOException {
        UnusableContent(String message) {
            super(message);
        }
    }

    /** A message of ours, or the kind of another's: none of the content. */
    private static String what(Exception e) {
        return e instanceof UnusableContent
                ? String.valueOf(e.getMessage())
                : e.getClass().getSimpleName();
    }

    @Override
    public String toString() {
        return "SecretFile[" + key + "]";
    }
}
