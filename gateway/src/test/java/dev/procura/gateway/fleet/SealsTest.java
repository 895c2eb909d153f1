package dev.procura.gateway.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.fixture.Randomly;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SealsTest {

    private static final Seals SEALS = FleetExample.seals("one");
    private static final byte[] TOKEN = "token-of-alice".getBytes(US_ASCII);
    private static final byte[] KEY = "digest of the key".getBytes(US_ASCII);
    private static final byte[] PLAIN = "issued".getBytes(US_ASCII);

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void opensWhatItSealed() {
        Randomly.check(random -> {
            for (int i = 0; i < 200; i++) {
                Purpose purpose = Randomly.oneOf(random, List.of(Purpose.values()));
                byte[] secret = bytes(random, random.nextInt(100));
                byte[] context = bytes(random, random.nextInt(100));
                byte[] plain = bytes(random, random.nextInt(5_000));

                assertThat(SEALS.open(purpose, secret, context, SEALS.seal(purpose, secret, context, plain)))
                        .hasValue(plain);
                assertThat(SEALS.openRecord(purpose, context, SEALS.sealRecord(purpose, context, plain)))
                        .hasValue(plain);
            }
        });
    }

    /**
     * What was sealed by an earlier build must go on opening, and what has a name must be found again. These were made by
     * other code than this.
     */
    @Test
    void theFormatIsPinned() {
        assertThat(SEALS.open(
                        Purpose.CREDENTIAL,
                        TOKEN,
                        KEY,
                        HexFormat.of()
                                .parseHex("01000102030405060708090a0bdf98965d616fc581cddb9fb5e4d8aade03bd7d183526")))
                .hasValue(PLAIN);
        assertThat(HexFormat.of().formatHex(SEALS.sealRecord(Purpose.REVOCATION, KEY, PLAIN)))
                .isEqualTo("01de4160948d79ffe2b2ce3c53a4ebb1782a96ca64bcc5ab8ab27c6b4973da478ee2d9");
        assertThat(SEALS.names(Purpose.CREDENTIAL, KEY))
                .containsExactly("procura:1c:9xSHM12bJFm_nIYIrG6ivtUdIVIxfit2Uumyjt7w6Kk");
    }

    /** Of the value, of the secret and of the context. */
    @Test
    void noBitMayDiffer() {
        byte[] value = SEALS.seal(Purpose.CREDENTIAL, TOKEN, KEY, PLAIN);
        byte[] record = SEALS.sealRecord(Purpose.REVOCATION, KEY, PLAIN);

        assertNoBitMayDiffer(value, other -> SEALS.open(Purpose.CREDENTIAL, TOKEN, KEY, other));
        assertNoBitMayDiffer(TOKEN, other -> SEALS.open(Purpose.CREDENTIAL, other, KEY, value));
        assertNoBitMayDiffer(KEY, other -> SEALS.open(Purpose.CREDENTIAL, TOKEN, other, value));
        assertNoBitMayDiffer(record, other -> SEALS.openRecord(Purpose.REVOCATION, KEY, other));
        assertNoBitMayDiffer(KEY, other -> SEALS.openRecord(Purpose.REVOCATION, other, record));
    }

    private static void assertNoBitMayDiffer(byte[] right, Function<byte[], Optional<byte[]>> open) {
        assertThat(open.apply(right.clone())).isPresent();
        for (int bit = 0; bit < 8 * right.length; bit++) {
            byte[] other = right.clone();
            other[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(open.apply(other)).as("bit %s", bit).isEmpty();
        }
    }

    @Test
    void noByteMayBeMissingOrAdded() {
        byte[] value = SEALS.seal(Purpose.CREDENTIAL, TOKEN, KEY, PLAIN);

        for (int length = 0; length <= value.length + 40; length++) {
            assertThat(SEALS.open(Purpose.CREDENTIAL, TOKEN, KEY, Arrays.copyOf(value, length))
                            .isPresent())
                    .as("%s bytes", length)
                    .isEqualTo(length == value.length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 12, 13, 28, 29, 30, 1_000, 300_000})
    void otherBytesOpenNothingAndBreakNothing(int length) {
        Randomly.check(random -> {
            byte[] noise = bytes(random, length);
            byte[] versioned = noise.clone();
            if (length > 0) {
                versioned[0] = Seals.VERSION;
            }
            for (byte[] value : List.of(noise, versioned, new byte[length])) {
                assertThat(SEALS.open(Purpose.CREDENTIAL, TOKEN, KEY, value)).isEmpty();
                assertThat(SEALS.openRecord(Purpose.CREDENTIAL, KEY, value)).isEmpty();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSealedForOnePurposeIsNothingForAnother(Purpose purpose) {
        for (Purpose other : Purpose.values()) {
            byte[] value = SEALS.seal(other, TOKEN, KEY, PLAIN);
            byte[] record = SEALS.sealRecord(other, KEY, PLAIN);

            assertThat(SEALS.open(purpose, TOKEN, KEY, value).isPresent()).isEqualTo(purpose == other);
            assertThat(SEALS.openRecord(purpose, KEY, record).isPresent()).isEqualTo(purpose == other);
            assertThat(SEALS.names(purpose, KEY).equals(SEALS.names(other, KEY)))
                    .isEqualTo(purpose == other);
        }
    }

    @Test
    void aRecordIsNoValueAndAValueNoRecord() {
        assertThat(SEALS.openRecord(Purpose.REVOCATION, KEY, SEALS.seal(Purpose.REVOCATION, new byte[0], KEY, PLAIN)))
                .isEmpty();
        assertThat(SEALS.open(Purpose.REVOCATION, new byte[0], KEY, SEALS.sealRecord(Purpose.REVOCATION, KEY, PLAIN)))
                .isEmpty();
    }

    @Test
    void theSameValueNeverLooksTheSame() {
        Set<String> seen = new HashSet<>();
        IntStream.range(0, 1_000)
                .forEach(i ->
                        seen.add(HexFormat.of().formatHex(SEALS.seal(Purpose.CREDENTIAL, TOKEN, KEY, PLAIN), 1, 13)));

        assertThat(seen).as("nonces").hasSize(1_000);
    }

    @Test
    void theSameRecordIsTheSameBytesOnEveryReplicaAndAnotherOneSharesNoNonce() {
        Seals replica = FleetExample.seals("one", "two");
        Set<String> nonces = new HashSet<>();
        Randomly.check(random -> {
            for (int i = 0; i < 300; i++) {
                byte[] context = bytes(random, 8 + random.nextInt(8));
                byte[] plain = bytes(random, 8 + random.nextInt(8));
                byte[] record = SEALS.sealRecord(Purpose.REVOCATION, context, plain);

                assertThat(replica.sealRecord(Purpose.REVOCATION, context, plain))
                        .isEqualTo(record);
                assertThat(nonces.add(HexFormat.of().formatHex(record, 1, 13))).isTrue();
            }
        });
    }

    /** The last byte of the one as the first of the other would be the same text, were they joined without lengths. */
    @Test
    void contextAndPlainBytesOfARecordAreToldApart() {
        byte[] one = SEALS.sealRecord(Purpose.REVOCATION, new byte[] {1, 2}, new byte[] {3});
        byte[] other = SEALS.sealRecord(Purpose.REVOCATION, new byte[] {1}, new byte[] {2, 3});

        assertThat(Arrays.copyOfRange(one, 1, 13)).isNotEqualTo(Arrays.copyOfRange(other, 1, 13));
    }

    @Test
    void theFirstKeySealsAndAllOpen() {
        Seals old = FleetExample.seals("old");
        Seals both = FleetExample.seals("old", "new");
        Seals turned = FleetExample.seals("new", "old");
        Seals fresh = FleetExample.seals("new");
        Function<Seals, byte[]> seal = seals -> seals.seal(Purpose.CREDENTIAL, TOKEN, KEY, PLAIN);
        record Case(Seals writer, Seals reader, boolean opens) {}

        for (Case one : List.of(
                new Case(old, both, true),
                new Case(both, old, true),
                new Case(both, turned, true),
                new Case(turned, both, true),
                new Case(turned, old, false),
                new Case(turned, fresh, true),
                new Case(fresh, turned, true),
                new Case(both, fresh, false),
                new Case(old, fresh, false))) {
            byte[] value = seal.apply(one.writer());
            byte[] record = one.writer().sealRecord(Purpose.REVOCATION, KEY, PLAIN);
            String written = one.writer().names(Purpose.CREDENTIAL, KEY).get(0);

            assertThat(one.reader().open(Purpose.CREDENTIAL, TOKEN, KEY, value).isPresent())
                    .isEqualTo(one.opens());
            assertThat(one.reader().openRecord(Purpose.REVOCATION, KEY, record).isPresent())
                    .isEqualTo(one.opens());
            assertThat(one.reader().names(Purpose.CREDENTIAL, KEY).contains(written))
                    .isEqualTo(one.opens());
        }
    }

    /** The tiers see it in {@code ath}: it must not do for the token. */
    @Test
    void theDigestOfATokenIsNotTheSaltOfItsKey() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(TOKEN);
        byte[] value = SEALS.seal(Purpose.CREDENTIAL, TOKEN, KEY, PLAIN);
        byte[] key = Hkdf.derive(
                Base64.getDecoder().decode(FleetExample.keyText("one")),
                digest,
                "procura 1 c value".getBytes(US_ASCII));

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, value, 1, 12));
        cipher.updateAAD(new byte[] {1});
        cipher.updateAAD(KEY);
        assertThatThrownBy(() -> cipher.doFinal(value, 13, value.length - 13)).isInstanceOf(AEADBadTagException.class);
    }

    @Test
    void namesAreShortAndTellNothing() {
        List<String> names = FleetExample.seals("one", "two").names(Purpose.LEASE, new byte[100_000]);

        assertThat(names).doesNotHaveDuplicates().hasSize(2).allMatch(name -> name.matches("procura:1l:[\\w-]{43}"));
        assertThat(SEALS.names(Purpose.LEASE, KEY)).isNotEqualTo(SEALS.names(Purpose.LEASE, TOKEN));
    }

    @Test
    void severalThreadsMaySealAtOnce() {
        assertThat(IntStream.range(0, 2_000).parallel().filter(i -> {
                    byte[] plain = Integer.toString(i).getBytes(US_ASCII);
                    byte[] value = SEALS.seal(Purpose.CREDENTIAL, plain, KEY, plain);
                    return SEALS.open(Purpose.CREDENTIAL, plain, KEY, value)
                            .filter(opened -> Arrays.equals(opened, plain))
                            .isPresent();
                }))
                .hasSize(2_000);
    }

    @Test
    void printsNoKey() {
        assertThat(SEALS.toString()).isEqualTo("Seals[1]");
    }
}
