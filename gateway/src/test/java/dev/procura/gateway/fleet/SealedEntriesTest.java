package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.ISSUER;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static dev.procura.gateway.fleet.Replica.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.cache.Entry;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.IssuedTokens;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.InMemoryStore;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What is found in the store is trusted as little as an authorization server's answer, and less. */
@ExtendWith(OutputCaptureExtension.class)
final class SealedEntriesTest {

    private static final CallerExample ALICE = CallerExample.user("alice").claim("iat", NOW.getEpochSecond());
    private static final Grant FOR_ALICE = GrantExample.of(ALICE).onBehalfOf();
    private static final Grant FOR_BOB =
            GrantExample.of(CallerExample.user("bob")).onBehalfOf();

    private final MutableClock clock = MutableClock.at(NOW);
    private final InMemoryStore store = new InMemoryStore(clock);
    private final Replica one = replica(FleetExample.properties("key"));
    private final Replica other = replica(FleetExample.properties("key"));

    private Replica replica(CacheProperties properties) {
        return new Replica(store, VirtualTimeScheduler.create(), clock, properties);
    }

    private static CacheProperties byClaims(Duration maxLife) {
        CacheProperties of = FleetExample.properties("key");
        return new CacheProperties(
                of.maxEntries(),
                of.maxBytes(),
                maxLife,
                of.negativeTtl(),
                of.safetyMargin(),
                of.refreshAhead(),
                CacheProperties.Subject.CLAIMS,
                of.shared(),
                of.sealKeys(),
                of.sealKeysFile(),
                of.revocationLife());
    }

    private static Entry now(Mono<Entry> mono) {
        return mono.toFuture().join();
    }

    /** Puts exactly this there, as a replica without scruples would. */
    private void write(Grant grant, StoredEntry stored) {
        Seals seals = FleetExample.seals("key");
        byte[] digest = one.question(grant).key().digest().bytes();
        byte[] secret =
                grant.inNameOf().orElseThrow().subject().token().reveal().getBytes(StandardCharsets.US_ASCII);
        store.plant(
                seals.names(Purpose.CREDENTIAL, digest).get(0),
                seals.seal(
                        Purpose.CREDENTIAL,
                        secret,
                        digest,
                        EntryCodec.encode(stored).orElseThrow()));
    }

    private String theName() {
        List<String> names = store.names("procura:1c:");
        assertThat(names).hasSize(1);
        return names.get(0);
    }

    private void assertFound(Replica replica, Grant grant) {
        int before = replica.calls.get();
        now(replica.obtain(grant));
        assertThat(replica.calls).hasValue(before);
    }

    /** The caller gets a token all the same. */
    private void assertMissed(Replica replica, Grant grant) {
        int before = replica.calls.get();
        assertThat(now(replica.obtain(grant))).isNotNull();
        assertThat(replica.calls).hasValue(before + 1);
    }

    static Stream<Arguments> spoiled() {
        return Stream.of(
                argumentSet("a bit", change(value -> {
                    value[value.length / 2] ^= 1;
                    return value;
                })),
                argumentSet("cut off", change(value -> Arrays.copyOf(value, value.length - 1))),
                argumentSet("longer", change(value -> Arrays.copyOf(value, value.length + 1))),
                argumentSet("another version", change(value -> {
                    value[0] = 2;
                    return value;
                })),
                argumentSet("something else", change(value -> "{\"token\":\"x\"}".getBytes(StandardCharsets.UTF_8))),
                argumentSet("very long", change(value -> new byte[5_000_000])));
    }

    private static UnaryOperator<byte[]> change(UnaryOperator<byte[]> change) {
        return change;
    }

    /** What a replica has taken back is empty until it is gone. */
    @Test
    void anEmptyValueIsNothing() {
        now(one.obtain(FOR_ALICE));
        store.plant(theName(), new byte[0]);

        assertMissed(other, FOR_ALICE);

        assertThat(other.alarms()).isZero();
    }

    @ParameterizedTest
    @MethodSource("spoiled")
    void aSpoiledValueIsAMissAndAnAlarm(UnaryOperator<byte[]> change, CapturedOutput output) {
        now(one.obtain(FOR_ALICE));
        store.plant(theName(), change.apply(store.value(theName())));

        assertMissed(other, FOR_ALICE);

        assertThat(other.alarms()).isEqualTo(1);
        assertThat(output.getAll())
                .contains("code=shared_entry_refused client=gateway audience=orders-api")
                .contains("seal-keys")
                .doesNotContain("alice");
        // Mended by the call.
        assertFound(one, FOR_ALICE);
    }

    @Test
    void theAlarmRingsOnceAMinute() {
        for (int i = 0; i < 10; i++) {
            now(one.obtain(FOR_ALICE));
            store.plant(theName(), new byte[] {1, 2, 3});
            now(other.obtain(FOR_ALICE));
            store.plant(theName(), new byte[] {1, 2, 3});
        }

        assertThat(other.alarms()).isEqualTo(1);
    }

    @Test
    void whatWasMovedHereFromAnotherQuestionIsAMissAndAnAlarm() {
        now(one.obtain(FOR_ALICE));
        String alices = theName();
        byte[] value = store.value(alices);
        store.remove(alices);
        now(one.obtain(FOR_BOB));
        store.plant(theName(), value);

        Entry bobs = now(other.obtain(FOR_BOB));

        assertThat(other.calls).hasValue(1);
        assertThat(bobs.origins()).isEqualTo(Entry.origins(FOR_BOB));
        assertThat(other.alarms()).isEqualTo(1);
    }

    @Test
    void whatWasSealedWithAStrangersKeyIsAMissAndAnAlarm() {
        now(one.obtain(FOR_ALICE));
        String name = theName();
        Seals forged = FleetExample.seals("a stranger's");
        byte[] digest = one.question(FOR_ALICE).key().digest().bytes();
        store.plant(
                name,
                forged.seal(
                        Purpose.CREDENTIAL,
                        "token-of-alice".getBytes(StandardCharsets.US_ASCII),
                        digest,
                        EntryCodec.encode(StoredEntry.of(one.entry(FOR_ALICE, Replica.freshToken(in(300)))))
                                .orElseThrow()));

        assertMissed(other, FOR_ALICE);
        assertThat(other.alarms()).isEqualTo(1);
    }

    @Test
    void whatIsSealedWellAndCannotBeReadIsAMissAndAnAlarm() {
        now(one.obtain(FOR_ALICE));
        byte[] digest = one.question(FOR_ALICE).key().digest().bytes();
        store.plant(
                theName(),
                FleetExample.seals("key")
                        .seal(
                                Purpose.CREDENTIAL,
                                "token-of-alice".getBytes(StandardCharsets.US_ASCII),
                                digest,
                                new byte[] {1}));

        assertMissed(other, FOR_ALICE);
        assertThat(other.alarms()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        // seconds later, alarms: the clocks of two replicas may differ a little
        "3570, 0",
        "3600, 0",
        "3629, 0",
        "3630, 1",
        "86400, 1"
    })
    void nothingIsServedPastItsLifeThoughItIsPutBack(long later, int alarms) {
        Grant grant = GrantExample.of(ALICE.expiresAt(in(200_000))).onBehalfOf();
        now(one.obtain(grant));
        String name = theName();
        byte[] value = store.value(name);

        clock.set(in(3_569));
        assertFound(other, grant);
        clock.set(in(later));
        store.plant(name, value);
        assertMissed(other, grant);

        assertThat(other.alarms()).isEqualTo(alarms);
    }

    @ParameterizedTest
    @CsvSource({"30, true", "31, false"})
    void whatWasObtainedInTheFutureIsAMissAndAnAlarm(long ahead, boolean good) {
        write(
                FOR_ALICE,
                new StoredEntry(
                        Replica.freshToken(in(300)), in(ahead), in(200), in(300), 0, List.of(Optional.of(NOW))));

        if (good) {
            assertFound(other, FOR_ALICE);
            assertThat(other.alarms()).isZero();
        } else {
            assertMissed(other, FOR_ALICE);
            assertThat(other.alarms()).isEqualTo(1);
        }
    }

    static Stream<Arguments> tokensThatDoNotFit() {
        Map<String, Object> right =
                Map.of("iss", ISSUER, "aud", "orders-api", "sub", "alice", "exp", in(300).getEpochSecond());
        return Stream.of(
                argumentSet("another person's", with(right, "sub", "bob"), "sub"),
                argumentSet("for another audience", with(right, "aud", "reports-api"), "aud"),
                argumentSet("of another issuer", with(right, "iss", "https://evil.example"), "iss"),
                argumentSet("bound to a key", with(right, "cnf", Map.of("jkt", "x")), "cnf"));
    }

    private static AccessToken with(Map<String, Object> claims, String name, Object value) {
        Map<String, Object> changed = new HashMap<>(claims);
        changed.put(name, value);
        return new AccessToken(TokenValue.of(Jwts.of(changed)), Optional.of(in(300)), Optional.empty());
    }

    @ParameterizedTest
    @MethodSource("tokensThatDoNotFit")
    void whatDoesNotFitTheRouteIsAMissAndAnAlarm(AccessToken token, String claim, CapturedOutput output) {
        write(FOR_ALICE, new StoredEntry(token, NOW, in(200), in(300), 0, List.of(Optional.of(NOW))));

        assertMissed(other, FOR_ALICE);

        assertThat(other.alarms()).isEqualTo(1);
        assertThat(output.getAll()).contains("does not fit: ").contains(claim);
    }

    @Test
    void theCallersOwnTokenIsNoCredential() {
        AccessToken own = new AccessToken(TokenValue.of("token-of-alice"), Optional.of(in(300)), Optional.empty());
        write(FOR_ALICE, new StoredEntry(own, NOW, in(200), in(300), 0, List.of(Optional.of(NOW))));

        assertMissed(other, FOR_ALICE);
        assertThat(other.alarms()).isEqualTo(1);
    }

    @Test
    void theTokensOwnEndCountsMoreThanWhatWasSealedBesideIt() {
        AccessToken token =
                with(Map.of("iss", ISSUER, "aud", "orders-api", "sub", "alice"), "exp", in(100).getEpochSecond());
        write(FOR_ALICE, new StoredEntry(token, NOW, in(200), in(300), 0, List.of(Optional.of(NOW))));

        Entry found = now(other.obtain(FOR_ALICE));

        assertThat(other.calls).hasValue(0);
        assertThat(found.usableUntil()).isEqualTo(in(70));
        assertThat(found.validUntil()).isEqualTo(in(100));
    }

    @Test
    void whatWasObtainedWithAnActorTokenIsNothingWithoutOne() {
        write(
                FOR_ALICE,
                new StoredEntry(
                        Replica.freshToken(in(300)),
                        NOW,
                        in(200),
                        in(300),
                        0,
                        List.of(Optional.of(NOW), Optional.of(NOW))));

        assertMissed(other, FOR_ALICE);
        assertThat(other.alarms()).isEqualTo(1);
    }

    @Test
    void aLongerMaxLifeOfAnotherReplicaIsCut() {
        Replica generous = replica(byClaims(Duration.ofHours(10)));
        Replica strict = replica(byClaims(Duration.ofMinutes(10)));
        Grant grant = GrantExample.of(ALICE.expiresAt(in(200_000))).onBehalfOf();
        now(generous.obtain(grant));
        clock.set(in(100));

        Entry found = now(strict.obtain(grant));

        assertThat(found.usableUntil()).isEqualTo(in(570));
        assertThat(found.validUntil()).isEqualTo(in(600));
        clock.set(in(570));
        assertMissed(strict, grant);
        assertThat(strict.alarms()).isZero();
    }

    /** With {@code subject: claims} two tokens of one person share an entry, and one may end sooner. */
    @Test
    void nothingOutlivesTheReadersOwnToken() {
        Replica writer = replica(byClaims(Duration.ofHours(1)));
        Replica reader = replica(byClaims(Duration.ofHours(1)));
        now(writer.obtain(FOR_ALICE));
        Grant ending = GrantExample.of(ALICE.token("another-of-alice").expiresAt(in(60)))
                .onBehalfOf();

        Entry found = now(reader.obtain(ending));

        assertThat(reader.calls).hasValue(0);
        assertThat(found.usableUntil()).isEqualTo(in(30));
        assertThat(found.validUntil()).isEqualTo(in(60));
        clock.set(in(30));
        assertMissed(reader, ending);
    }

    /** And a longer one takes nothing beyond the first one's end. */
    @Test
    void nothingOutlivesTheTokenItWasObtainedWith() {
        Replica writer = replica(byClaims(Duration.ofHours(1)));
        Replica reader = replica(byClaims(Duration.ofHours(1)));
        now(writer.obtain(GrantExample.of(ALICE.expiresAt(in(600))).onBehalfOf()));

        Entry found = now(
                reader.obtain(GrantExample.of(ALICE.token("another-of-alice").expiresAt(in(3_000)))
                        .onBehalfOf()));

        assertThat(reader.calls).hasValue(0);
        assertThat(found.validUntil()).isEqualTo(in(600));
    }

    private static final Revocation.What ALICES = new Revocation.What.Subject(ISSUER, "alice");

    private static Revocation revocation(Revocation.What what, Instant notBefore) {
        return new Revocation(what, notBefore, notBefore.plusSeconds(86_400));
    }

    @Test
    void whatIsRevokedIsAMissAndNoAlarm() {
        now(one.obtain(FOR_ALICE));
        other.revocations.add(revocation(ALICES, NOW));

        assertMissed(other, FOR_ALICE);
        assertThat(other.alarms()).isZero();
    }

    /** The reader's token is newer than the revocation; the one that the entry was obtained with is not. */
    @Test
    void whatWasObtainedWithARevokedTokenIsRevokedForAnotherTokenToo() {
        Replica writer = replica(byClaims(Duration.ofHours(1)));
        Replica reader = replica(byClaims(Duration.ofHours(1)));
        now(writer.obtain(FOR_ALICE));
        reader.revocations.add(revocation(ALICES, in(10)));
        clock.set(in(20));
        Grant later = GrantExample.of(ALICE.token("later-of-alice").claim("iat", in(15).getEpochSecond()))
                .onBehalfOf();

        assertMissed(reader, later);
        // What it brought is of the later token, and good for it.
        assertFound(reader, later);
        assertThat(reader.alarms()).isZero();
    }

    @Test
    void everythingRevokedIsAlsoTheGatewaysOwn() {
        Grant own = GrantExample.ofAlice().clientCredentials();
        now(one.obtain(own));
        other.revocations.add(revocation(Revocation.What.Everything.EVERYTHING, NOW));

        assertMissed(other, own);
        clock.set(in(1));
        assertMissed(other, own);
        clock.set(in(2));
        assertFound(other, own);
    }

    @Test
    void whoHasMissedRevocationsUsesNothingThatWasObtainedAfterThem() {
        one.revocations.add(revocation(new Revocation.What.Session(ISSUER, "s"), NOW));
        now(one.obtain(FOR_ALICE));

        assertMissed(other, FOR_ALICE);
        assertThat(other.timesBehind).hasPositiveValue();
        assertThat(other.alarms()).isZero();

        now(one.credentials.renew(one.question(FOR_ALICE, entry -> false), one.call(FOR_ALICE)));
        other.revocations.caughtUpWith(one.revocations.generation());
        assertFound(other, FOR_ALICE);
    }

    @Test
    void theStoreIsToldNoTokenAndNoName() {
        // Long enough to come about by no chance.
        Replica claims = replica(byClaims(Duration.ofHours(1)));
        CallerExample alice = CallerExample.user("alice-in-wonderland");
        CallerExample api = CallerExample.app("the-orders-api").token("token-of-the-orders-api");
        List<Grant> grants = List.of(
                GrantExample.of(alice).onBehalfOf(),
                GrantExample.of(CallerExample.user("bob-of-the-builders")).onBehalfOf(),
                GrantExample.of(alice).actor(api).onBehalfOf(),
                GrantExample.of(alice).clientCredentials());
        List<String> secrets =
                new ArrayList<>(List.of("alice-in-wonderland", "bob-of-the-builders", "the-orders-api", "orders-api"));
        secrets.addAll(
                List.of("token-of-alice-in-wonderland", "token-of-bob-of-the-builders", "token-of-the-orders-api"));
        for (Replica replica : List.of(one, claims)) {
            grants.forEach(grant ->
                    secrets.add(now(replica.obtain(grant)).token().value().reveal()));
        }
        secrets.add(FleetExample.keyText("key"));

        assertThat(store.names("procura:1c:"))
                .as("the gateway's own is the same both times")
                .hasSize(7);
        for (byte[] seen : store.everythingSeen()) {
            String text = new String(seen, StandardCharsets.ISO_8859_1);
            for (String secret : secrets) {
                assertThat(text).doesNotContain(secret);
                forms(secret).forEach(form -> assertThat(text).doesNotContain(form));
            }
        }
        // The search can fail.
        assertThat(new String(
                        Base64.getEncoder().encode("xxtoken-of-alice".getBytes(StandardCharsets.US_ASCII)),
                        StandardCharsets.US_ASCII))
                .satisfies(text -> assertThat(forms("token-of-alice")).anyMatch(text::contains));
    }

    /** In hex; in base64 at each of the three ways to begin, without the letters that their neighbours change; its digest. */
    private static List<String> forms(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.US_ASCII);
        byte[] digest = TokenValue.isB64Token(secret)
                ? TokenValue.of(secret).fingerprint().bytes()
                : bytes;
        List<String> forms = new ArrayList<>();
        forms.add(HexFormat.of().formatHex(bytes));
        forms.add(HexFormat.of().formatHex(digest));
        forms.add(new String(digest, StandardCharsets.ISO_8859_1));
        forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
        for (int shift = 0; shift < 3; shift++) {
            byte[] shifted = new byte[shift + bytes.length];
            System.arraycopy(bytes, 0, shifted, shift, bytes.length);
            String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            forms.add(text.substring(shift == 0 ? 0 : shift + 1, text.length() - 1));
        }
        return forms;
    }

    @Test
    void aQuestionPrintsNobody() {
        SealedEntries entries =
                new SealedEntries(FleetExample.seals("key"), one.properties, new IssuedTokens(5), one.revocations);

        assertThat(entries.asked(one.question(FOR_ALICE)).toString())
                .doesNotContain("alice")
                .startsWith("Asked[sha256:");
    }
}
