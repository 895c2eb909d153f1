package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class EntryCodecTest {

    private static final StoredEntry SMALL = new StoredEntry(
            new AccessToken(TokenValue.of("t"), Optional.of(NOW.plusSeconds(300)), Optional.of(Scopes.of("a", "b"))),
            NOW,
            NOW.plusSeconds(270),
            NOW.plusSeconds(300),
            7,
            List.of(Optional.of(NOW.minusSeconds(60)), Optional.empty()));

    private static StoredEntry random(Random random) {
        Instant obtainedAt = time(random);
        Instant usableUntil = obtainedAt.plusNanos(random.nextLong(1L << 50));
        return new StoredEntry(
                new AccessToken(
                        TokenValue.of("a".repeat(1 + random.nextInt(TokenValue.MAX_LENGTH))),
                        maybe(random, time(random)),
                        maybe(
                                random,
                                Scopes.of(IntStream.range(0, random.nextInt(5))
                                        .mapToObj(i -> "https://example.com/ü/" + random.nextInt(100))
                                        .collect(Collectors.toSet())))),
                obtainedAt,
                usableUntil,
                usableUntil.plusNanos(random.nextLong(1L << 50)),
                random.nextLong(Long.MAX_VALUE),
                IntStream.range(0, random.nextInt(3))
                        .mapToObj(i -> maybe(random, time(random)))
                        .toList());
    }

    private static Instant time(Random random) {
        return Instant.ofEpochSecond(random.nextLong(200_000_000_000L), random.nextInt(1_000_000_000));
    }

    private static <T> Optional<T> maybe(Random random, T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    @Test
    void readsWhatItWrote() {
        Randomly.check(random -> {
            for (int i = 0; i < 500; i++) {
                StoredEntry entry = random(random);
                StoredEntry read = EntryCodec.decode(EntryCodec.encode(entry).orElseThrow())
                        .orElseThrow();

                assertThat(read).isEqualTo(entry);
                assertThat(read.token().value().reveal())
                        .isEqualTo(entry.token().value().reveal());
            }
        });
    }

    /** A change here needs another {@link Seals#VERSION}. */
    @Test
    void theFormIsPinned() {
        assertThat(HexFormat.of().formatHex(EntryCodec.encode(SMALL).orElseThrow()))
                .isEqualTo("00000001" + "74"
                        + "01" + "0000000069a42b6c" + "00000000"
                        + "01" + "00000002" + "00000001" + "61" + "00000001" + "62"
                        + "0000000069a42a40" + "00000000"
                        + "0000000069a42b4e" + "00000000"
                        + "0000000069a42b6c" + "00000000"
                        + "0000000000000007"
                        + "02" + "01" + "0000000069a42a04" + "00000000" + "00");
    }

    @Test
    void nothingMayBeMissingOrLeftOver() {
        byte[] bytes = EntryCodec.encode(SMALL).orElseThrow();

        for (int length = 0; length < bytes.length + 20; length++) {
            assertThat(EntryCodec.decode(Arrays.copyOf(bytes, length)).isPresent())
                    .as("%s bytes", length)
                    .isEqualTo(length == bytes.length);
        }
    }

    @Test
    void noBytesBreakIt() {
        byte[] right = EntryCodec.encode(SMALL).orElseThrow();
        Randomly.check(random -> {
            for (int i = 0; i < 5_000; i++) {
                byte[] bytes = right.clone();
                for (int j = 0; j <= random.nextInt(4); j++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                EntryCodec.decode(bytes)
                        .ifPresent(read -> assertThat(EntryCodec.encode(read))
                                .as("what can be read can be written")
                                .isPresent());
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                assertThat(EntryCodec.decode(noise)).isEmpty();
            }
            assertThat(EntryCodec.decode(new byte[1_000_000])).isEmpty();
        });
    }

    @Test
    void lengthsThatAreNoneAreRefused() {
        for (int length : List.of(-1, Integer.MIN_VALUE, Integer.MAX_VALUE, TokenValue.MAX_LENGTH + 1)) {
            byte[] token = EntryCodec.encode(SMALL).orElseThrow();
            ByteBuffer.wrap(token).putInt(0, length);
            byte[] scopes = EntryCodec.encode(SMALL).orElseThrow();
            ByteBuffer.wrap(scopes).putInt(19, length);

            assertThat(EntryCodec.decode(token)).isEmpty();
            assertThat(EntryCodec.decode(scopes)).isEmpty();
        }
    }

    static Stream<Arguments> withoutForm() {
        return Stream.of(
                argumentSet("a time before there were any", with(Instant.EPOCH.minusSeconds(1), NOW, NOW, 0)),
                argumentSet("one that no calendar has", with(NOW, NOW, Instant.MAX, 0)),
                argumentSet("usable before it was obtained", with(NOW, NOW.minusNanos(1), NOW, 0)),
                argumentSet("usable after it is valid", with(NOW, NOW.plusNanos(1), NOW, 0)),
                argumentSet("a generation below none", with(NOW, NOW, NOW, -1)),
                argumentSet(
                        "three origins",
                        new StoredEntry(
                                SMALL.token(),
                                NOW,
                                NOW,
                                NOW,
                                0,
                                List.of(Optional.of(NOW), Optional.of(NOW), Optional.of(NOW)))),
                argumentSet(
                        "an origin of another age",
                        new StoredEntry(SMALL.token(), NOW, NOW, NOW, 0, List.of(Optional.of(Instant.MIN)))),
                argumentSet(
                        "an end of another age",
                        new StoredEntry(SMALL.token().endingAt(Instant.MAX), NOW, NOW, NOW, 0, List.of())),
                argumentSet(
                        "scopes without an end",
                        new StoredEntry(
                                new AccessToken(
                                        TokenValue.of("t"), Optional.empty(), Optional.of(Scopes.of(manyScopes()))),
                                NOW,
                                NOW,
                                NOW,
                                0,
                                List.of())));
    }

    private static List<String> manyScopes() {
        List<String> scopes = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            scopes.add("scope-" + i);
        }
        return scopes;
    }

    private static StoredEntry with(Instant obtainedAt, Instant usableUntil, Instant validUntil, long generation) {
        return new StoredEntry(SMALL.token(), obtainedAt, usableUntil, validUntil, generation, List.of());
    }

    @ParameterizedTest
    @MethodSource("withoutForm")
    void whatMakesNoSenseHasNoForm(StoredEntry entry) {
        assertThat(EntryCodec.encode(entry)).isEmpty();
    }
}
