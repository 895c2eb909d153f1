package dev.procura.gateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocation.What;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RevocationCodecTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");

    static What what(Random random) {
        String issuer = text(random);
        String name = text(random);
        return Randomly.oneOf(
                random,
                List.of(
                        new What.Subject(issuer, name),
                        new What.Session(issuer, name),
                        new What.Client(issuer, name),
                        new What.Tenant(Optional.of(issuer), name),
                        new What.Tenant(Optional.empty(), name),
                        new What.Issuer(issuer),
                        What.Everything.EVERYTHING));
    }

    /** Lone surrogates, nulls and all. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder("x");
        random.ints(random.nextInt(20), 0, 0x1_0000).forEach(unit -> text.append((char) unit));
        return text.toString();
    }

    @Test
    void everyRevocationComesBackToTheLetter() {
        Randomly.check(random -> {
            for (int i = 0; i < 500; i++) {
                Revocation revocation = new Revocation(
                        what(random), NOW.plusNanos(random.nextLong()), NOW.plusNanos(random.nextLong()));
                assertThat(RevocationCodec.encode(revocation).flatMap(RevocationCodec::decode))
                        .hasValue(revocation);
            }
        });
    }

    @Test
    void otherBytesAreNoRevocation() {
        Randomly.check(random -> {
            Revocation revocation = new Revocation(what(random), NOW, NOW);
            byte[] right = RevocationCodec.encode(revocation).orElseThrow();
            for (int length = 0; length < right.length + 20; length++) {
                byte[] other = Arrays.copyOf(right, length);
                assertThat(RevocationCodec.decode(other).isPresent())
                        .as("%s of %s bytes", length, right.length)
                        .isEqualTo(length == right.length);
            }
            for (int i = 0; i < 500; i++) {
                byte[] noise = right.clone();
                noise[random.nextInt(noise.length)] = (byte) random.nextInt();
                // Another one perhaps, and with one spelling only.
                RevocationCodec.decode(noise)
                        .ifPresent(found ->
                                assertThat(RevocationCodec.encode(found)).hasValue(noise));
            }
        });
    }

    @Test
    void whatIsTooLongIsNotTold() {
        for (int length : new int[] {RevocationCodec.MAX_LENGTH, 70_000}) {
            assertThat(RevocationCodec.encode(
                            new Revocation(new What.Subject("https://id.example.com", "x".repeat(length)), NOW, NOW)))
                    .isEmpty();
        }
        assertThat(RevocationCodec.decode(new byte[RevocationCodec.MAX_LENGTH + 1]))
                .isEmpty();
    }
}
