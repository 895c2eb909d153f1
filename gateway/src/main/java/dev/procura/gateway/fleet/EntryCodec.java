package dev.procura.gateway.fleet;

import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link StoredEntry} in bytes: every part in its place, texts with their length. Total both ways: what has no such form,
 * or is none, is empty. A change of the form is a change of {@link Seals#VERSION}.
 *
 * <p>Checked: bounds of lengths and times, that the times follow each other, that nothing is left over. Not checked: whether
 * the entry is any good.
 */
final class EntryCodec {

    /** With the token at most: more scopes than this are not shared. */
    private static final int MAX_LENGTH = 4 * TokenValue.MAX_LENGTH;

    /** The subject token's and the calling API's. */
    private static final int MAX_ORIGINS = 2;

    /** The last second of the year 9999, as far as RFC 3339 goes. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private static final int NANOS = (int) Duration.ofSeconds(1).toNanos();

    private EntryCodec() {}

    static Optional<byte[]> encode(StoredEntry entry) {
        if (!isPlausible(entry)) {
            return Optional.empty();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, entry.token().value().reveal());
        write(out, entry.token().expiresAt());
        out.write(entry.token().scopes().isPresent() ? 1 : 0);
        entry.token().scopes().ifPresent(scopes -> write(out, scopes));
        write(out, entry.obtainedAt());
        write(out, entry.usableUntil());
        write(out, entry.validUntil());
        out.writeBytes(
                ByteBuffer.allocate(Long.BYTES).putLong(entry.generation()).array());
        out.write(entry.issuedAt().size());
        entry.issuedAt().forEach(time -> write(out, time));
        return out.size() > MAX_LENGTH ? Optional.empty() : Optional.of(out.toByteArray());
    }

    static Optional<StoredEntry> decode(byte[] bytes) {
        if (bytes.length > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            StoredEntry entry = new StoredEntry(
                    new AccessToken(
                            TokenValue.of(text(in)), optionalTime(in), flag(in) ? scopes(in) : Optional.empty()),
                    time(in),
                    time(in),
                    time(in),
                    in.getLong(),
                    times(in));
            return isPlausible(entry) && !in.hasRemaining() ? Optional.of(entry) : Optional.empty();
        } catch (BufferUnderflowException | IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isPlausible(StoredEntry entry) {
        return isTime(entry.obtainedAt())
                && isTime(entry.validUntil())
                && !entry.usableUntil().isBefore(entry.obtainedAt())
                && !entry.validUntil().isBefore(entry.usableUntil())
                && entry.token().expiresAt().map(EntryCodec::isTime).orElse(true)
                && entry.generation() >= 0
                && entry.issuedAt().size() <= MAX_ORIGINS
                && entry.issuedAt().stream().flatMap(Optional::stream).allMatch(EntryCodec::isTime);
    }

    private static boolean isTime(Instant time) {
        return time.getEpochSecond() >= 0 && time.getEpochSecond() <= LAST_SECOND;
    }

    private static void write(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(number(bytes.length));
        out.writeBytes(bytes);
    }

    private static void write(ByteArrayOutputStream out, Scopes scopes) {
        out.writeBytes(number(scopes.values().size()));
        scopes.values().forEach(scope -> write(out, scope));
    }

    private static void write(ByteArrayOutputStream out, Optional<Instant> time) {
        out.write(time.isPresent() ? 1 : 0);
        time.ifPresent(present -> write(out, present));
    }

    private static void write(ByteArrayOutputStream out, Instant time) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(time.getEpochSecond())
                .putInt(time.getNano())
                .array());
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private static String text(ByteBuffer in) throws CharacterCodingException {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = in.slice(in.position(), length);
        in.position(in.position() + length);
        return StandardCharsets.UTF_8.newDecoder().decode(part).toString();
    }

    private static Optional<Scopes> scopes(ByteBuffer in) throws CharacterCodingException {
        int count = in.getInt();
        if (count < 0 || count > in.remaining()) {
            throw new BufferUnderflowException();
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(text(in));
        }
        return Optional.of(Scopes.of(values));
    }

    private static List<Optional<Instant>> times(ByteBuffer in) {
        int count = in.get();
        List<Optional<Instant>> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            times.add(optionalTime(in));
        }
        return times;
    }

    private static Optional<Instant> optionalTime(ByteBuffer in) {
        return flag(in) ? Optional.of(time(in)) : Optional.empty();
    }

    private static Instant time(ByteBuffer in) {
        long seconds = in.getLong();
        int nanos = in.getInt();
        if (seconds < 0 || seconds > LAST_SECOND || nanos < 0 || nanos >= NANOS) {
            throw new IllegalArgumentException("not a time");
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }

    private static boolean flag(ByteBuffer in) {
        byte flag = in.get();
        if (flag != 0 && flag != 1) {
            throw new IllegalArgumentException("not a flag");
        }
        return flag == 1;
    }
}
