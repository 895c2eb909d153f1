package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which tokens a revocation refuses, for how long, and what becomes of too many. */
final class RevocationsTest {

    private static final Instant NOW = TestTokens.NOW;
    private static final Duration LIFE = Duration.ofHours(24);
    private static final String CORP = "https://corp.example";
    private static final String OTHER = "https://other.example";

    private final MutableClock clock = MutableClock.at(NOW);
    private final AtomicInteger alarms = new AtomicInteger();
    private final Revocations revocations = new Revocations(clock, 100, alarms::incrementAndGet);

    static Stream<Arguments> names() {
        Provenance alice = token(NOW.minusSeconds(60));
        Provenance elsewhere = new Provenance(
                OTHER, alice.tenant(), alice.subjects(), alice.session(), alice.clientId(), alice.issuedAt());
        Provenance nameless =
                new Provenance(CORP, Optional.empty(), Set.of(), Optional.empty(), Optional.empty(), alice.issuedAt());
        return Stream.of(
                Arguments.of(new Revocation.What.Subject(CORP, "alice"), alice, true),
                Arguments.of(new Revocation.What.Subject(CORP, "alice-oid"), alice, true),
                Arguments.of(new Revocation.What.Subject(CORP, "bob"), alice, false),
                Arguments.of(new Revocation.What.Subject(CORP, "s1"), alice, false),
                Arguments.of(new Revocation.What.Subject(OTHER, "alice"), alice, false),
                Arguments.of(new Revocation.What.Session(CORP, "s1"), alice, true),
                Arguments.of(new Revocation.What.Session(CORP, "alice"), alice, false),
                Arguments.of(new Revocation.What.Session(OTHER, "s1"), alice, false),
                Arguments.of(new Revocation.What.Client(CORP, "app"), alice, true),
                Arguments.of(new Revocation.What.Client(OTHER, "app"), alice, false),
                Arguments.of(new Revocation.What.Client(CORP, "App"), alice, false),
                Arguments.of(new Revocation.What.Tenant(Optional.of(CORP), "t1"), alice, true),
                Arguments.of(new Revocation.What.Tenant(Optional.of(OTHER), "t1"), alice, false),
                Arguments.of(new Revocation.What.Tenant(Optional.empty(), "t1"), alice, true),
                Arguments.of(new Revocation.What.Tenant(Optional.empty(), "t1"), elsewhere, true),
                Arguments.of(new Revocation.What.Tenant(Optional.empty(), "t2"), alice, false),
                Arguments.of(new Revocation.What.Session(CORP, "s1"), nameless, false),
                Arguments.of(new Revocation.What.Tenant(Optional.empty(), "t1"), nameless, false),
                Arguments.of(new Revocation.What.Issuer(CORP), nameless, true),
                Arguments.of(new Revocation.What.Issuer(CORP), elsewhere, false),
                Arguments.of(Revocation.What.Everything.EVERYTHING, nameless, true),
                Arguments.of(Revocation.What.Everything.EVERYTHING, elsewhere, true));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("names")
    void refusesTheTokensThatItNamesAndNoOther(Revocation.What what, Provenance token, boolean refused) {
        assertThat(revocations.revokes(token)).isFalse();

        Revocation revocation = add(what, NOW);

        assertThat(revocations.revokes(token)).isEqualTo(refused);
        assertThat(revocation.fits(token)).isEqualTo(refused);
        assertThat(revocations.revokes(token.issuedAt(Optional.of(NOW.plusSeconds(1)))))
                .isFalse();
    }

    @Test
    void aTokenCountsOnlyWhenItWasIssuedLater() {
        add(session("s1"), NOW);

        assertThat(revocations.revokes(token(NOW.minusNanos(1)))).isTrue();
        assertThat(revocations.revokes(token(NOW))).isTrue();
        assertThat(revocations.revokes(token(NOW.plusNanos(1)))).isFalse();
        assertThat(revocations.revokes(token(NOW).issuedAt(Optional.empty()))).isTrue();
    }

    @Test
    void theLaterNotBeforeAndTheLaterEndWinWhateverTheOrder() {
        Revocation early = new Revocation(session("s1"), NOW.minusSeconds(60), NOW.plusSeconds(600));
        Revocation late = new Revocation(session("s1"), NOW, NOW.plusSeconds(60));
        Revocations other = new Revocations(clock);

        assertThat(Stream.of(early, late, early, late).map(revocations::add)).containsExactly(true, true, false, false);
        assertThat(Stream.of(late, early, late, early).map(other::add)).containsExactly(true, false, false, false);

        assertThat(revocations.all())
                .containsExactly(new Revocation(session("s1"), NOW, NOW.plusSeconds(600)))
                .isEqualTo(other.all());
    }

    /** It would be told again and again, where the end is always reckoned from now. */
    @Test
    void aLaterEndAloneCountsAndIsNoNews() {
        for (Revocation.What what : List.of(session("s1"), Revocation.What.Everything.EVERYTHING)) {
            add(what, NOW);
            long generation = revocations.generation();
            List<Revocation> told = new ArrayList<>();
            revocations.listen(told::add);

            assertThat(revocations.add(new Revocation(what, NOW, NOW.plus(LIFE).plusSeconds(60))))
                    .isFalse();

            assertThat(told).isEmpty();
            assertThat(revocations.generation()).isEqualTo(generation);
            assertThat(revocations.all())
                    .contains(new Revocation(what, NOW, NOW.plus(LIFE).plusSeconds(60)));
        }
        clock.set(NOW.plus(LIFE).plusSeconds(59));
        assertThat(revocations.revokes(token(NOW))).isTrue();
    }

    @Test
    void anEarlierNotBeforeTakesNothingBack() {
        add(session("s1"), NOW);
        long generation = revocations.generation();

        assertThat(revocations.add(new Revocation(session("s1"), NOW.minusSeconds(60), NOW.plus(LIFE))))
                .isFalse();

        assertThat(revocations.revokes(token(NOW))).isTrue();
        assertThat(revocations.generation()).isEqualTo(generation);
    }

    @Test
    void aRecordIsForgottenAtItsEndAndNoSooner() {
        add(session("s1"), NOW);
        add(Revocation.What.Everything.EVERYTHING, NOW.minusSeconds(30));

        clock.set(NOW.plus(LIFE).minusNanos(1));
        assertThat(revocations.revokes(token(NOW))).isTrue();
        assertThat(revocations.all()).hasSize(2);

        clock.set(NOW.plus(LIFE));
        assertThat(revocations.revokes(token(NOW))).isFalse();
        assertThat(revocations.revokes(List.of(), NOW.minusSeconds(60))).isFalse();
        assertThat(revocations.all()).isEmpty();
        assertThat(revocations.add(new Revocation(session("s1"), NOW, NOW.plus(LIFE))))
                .isFalse();
    }

    @Test
    void aCredentialOfTheGatewaysOwnEndsWithEverythingAlone() {
        add(session("s1"), NOW);
        assertThat(revocations.revokes(List.of(), NOW)).isFalse();
        assertThat(revocations.revokes(List.of(token(NOW)), NOW.plusSeconds(5))).isTrue();

        add(Revocation.What.Everything.EVERYTHING, NOW);
        assertThat(revocations.revokes(List.of(), NOW)).isTrue();
        assertThat(revocations.revokes(List.of(), NOW.plusNanos(1))).isFalse();
    }

    @Test
    void whereThereIsNoRoomMoreIsRefusedAndNeverLess() {
        for (int i = 0; i < 100; i++) {
            add(session("s" + i), NOW.minusSeconds(1000 - i));
        }
        assertThat(alarms).hasValue(0);
        assertThat(revocations.all()).hasSize(100);

        add(session("one more"), NOW);

        assertThat(alarms).hasValue(1);
        assertThat(revocations.all()).hasSizeLessThanOrEqualTo(101);
        for (int i = 0; i < 100; i++) {
            assertThat(revocations.revokes(ofSession("s" + i, NOW.minusSeconds(1000 - i))))
                    .isTrue();
        }
        assertThat(revocations.revokes(ofSession("nobody's", NOW.minusSeconds(1000))))
                .isTrue();
        assertThat(revocations.revokes(ofSession("nobody's", NOW.minusSeconds(998))))
                .isFalse();
        assertThat(revocations.revokes(ofSession("s0", NOW.minusSeconds(998)))).isFalse();
    }

    @Test
    void aRecordOlderThanAllOthersDoesNotGetLostWhereThereIsNoRoom() {
        for (int i = 0; i < 100; i++) {
            add(session("s" + i), NOW);
        }
        add(session("old"), NOW.minusSeconds(5));

        assertThat(revocations.revokes(ofSession("old", NOW.minusSeconds(5)))).isTrue();
        assertThat(revocations.revokes(ofSession("nobody's", NOW.minusSeconds(4))))
                .isFalse();
        assertThat(revocations.all()).hasSize(101);
    }

    @Test
    void anIssuerThatFillsTheMemoryShutsOutNobodyElses() {
        add(new Revocation.What.Subject(OTHER, "bob"), NOW.minusSeconds(5_000));
        add(new Revocation.What.Tenant(Optional.empty(), "t9"), NOW.minusSeconds(5_000));
        for (int i = 0; i < 1_000; i++) {
            add(session("s" + i), NOW.minusSeconds(2_000 - i));
        }

        Provenance others = new Provenance(
                OTHER,
                Optional.empty(),
                Set.of("carol"),
                Optional.empty(),
                Optional.empty(),
                Optional.of(NOW.minusSeconds(10_000)));
        assertThat(revocations.revokes(others)).isFalse();
        assertThat(revocations.revokes(List.of(), NOW.minusSeconds(10_000)))
                .as("what the gateway has in its own name")
                .isFalse();
        assertThat(revocations.counting(new Revocation.What.Subject(OTHER, "bob")))
                .isPresent();
        assertThat(revocations.counting(new Revocation.What.Tenant(Optional.empty(), "t9")))
                .isPresent();
        for (int i = 0; i < 1_000; i++) {
            assertThat(revocations.revokes(ofSession("s" + i, NOW.minusSeconds(2_000 - i))))
                    .isTrue();
        }
        assertThat(revocations.all()).hasSizeLessThanOrEqualTo(101);
    }

    @Test
    void asManyIssuersAsThereIsRoomForRefuseMoreAndNeverLess() {
        for (int i = 0; i < 1_000; i++) {
            add(new Revocation.What.Session("https://" + i + ".example", "s"), NOW.minusSeconds(2_000 - i));
        }

        assertThat(revocations.all()).hasSizeLessThanOrEqualTo(102);
        for (int i = 0; i < 1_000; i++) {
            assertThat(revocations.revokes(new Provenance(
                            "https://" + i + ".example",
                            Optional.empty(),
                            Set.of(),
                            Optional.of("s"),
                            Optional.empty(),
                            Optional.of(NOW.minusSeconds(2_000 - i)))))
                    .isTrue();
        }
    }

    /** As another replica brings it, which has more room. */
    @Test
    void whatHasBeenFoldedIsNoNewsAgain() {
        for (int i = 0; i < 150; i++) {
            add(session("s" + i), NOW.minusSeconds(1_000 - i));
        }
        int before = alarms.get();

        assertThat(revocations.add(new Revocation(session("s0"), NOW.minusSeconds(1_000), NOW.plus(LIFE))))
                .isFalse();
        assertThat(revocations.add(
                        new Revocation(session("s0"), NOW.minusSeconds(1_000), NOW.plus(LIFE.plusSeconds(1)))))
                .as("but what lasts longer is")
                .isTrue();
        assertThat(alarms.get()).isBetween(before, before + 1);
    }

    @Test
    void whatTakesThePlaceOfTheOldestIsToldToo() {
        List<Revocation> told = new ArrayList<>();
        revocations.listen(told::add);
        for (int i = 0; i <= 100; i++) {
            add(session("s" + i), NOW.plusSeconds(i));
        }

        assertThat(told).hasSize(102);
        assertThat(told.get(101).what()).isEqualTo(new Revocation.What.Issuer(CORP));
        assertThat(told.get(101).notBefore()).isEqualTo(NOW);
    }

    @Test
    void aFullMemoryRingsOnceAMinute() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Revocations many = new Revocations(new Alarms(meters), clock);
        for (int i = 0; i < Revocations.MAX_RECORDS + 2_500; i++) {
            many.add(new Revocation(session("s" + i), NOW.minusMillis(i), NOW.plus(LIFE)));
        }

        assertThat(many.all()).hasSizeBetween(Revocations.MAX_RECORDS - 1_000, Revocations.MAX_RECORDS + 1);
        assertThat(meters.get(Alarms.COUNTER)
                        .tag("code", "revocations_full")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aListenerIsToldAfterItCountsAndWithoutTheLock() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        AtomicBoolean counted = new AtomicBoolean();
        revocations.listen(revocation -> {
            throw new IllegalStateException("broken");
        });
        revocations.listen(revocation -> {
            try {
                // Another thread gets the lock meanwhile.
                counted.set(other.submit(() -> {
                            revocations.add(new Revocation(session("another"), NOW.minusSeconds(9), NOW));
                            return revocations.revokes(token(NOW));
                        })
                        .get(10, TimeUnit.SECONDS));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(revocations.add(new Revocation(session("s1"), NOW, NOW.plus(LIFE))))
                .isTrue();

        assertThat(counted).isTrue();
        other.shutdownNow();
    }

    @Test
    void theGenerationGrowsWithWhatIsLearnedAndNeverFalls() {
        long before = revocations.generation();
        add(session("s1"), NOW);
        assertThat(revocations.generation()).isGreaterThan(before);

        revocations.caughtUpWith(40);
        assertThat(revocations.generation()).isEqualTo(40);
        revocations.caughtUpWith(3);
        assertThat(revocations.generation()).isEqualTo(40);
        add(session("s2"), NOW);
        assertThat(revocations.generation()).isEqualTo(41);
    }

    @Test
    void whatNamesNobodyIsNoRevocation() {
        assertThatThrownBy(() -> new Revocation.What.Subject(CORP, "Not supported currently. Use oid claim."))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Revocation.What.Subject(CORP, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Revocation.What.Session("", "s")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Revocation.What.Client(CORP, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Revocation.What.Tenant(Optional.empty(), ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingIsLostOrSeenTwiceAmongManyThreads() throws Exception {
        int threads = 8;
        int each = 2_000;
        Revocations many = new Revocations(clock, threads * each, alarms::incrementAndGet);
        AtomicInteger told = new AtomicInteger();
        many.listen(revocation -> told.incrementAndGet());
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Callable<Integer>> work = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int offset = t * each / 2;
            work.add(() -> {
                int unseen = 0;
                for (int i = offset; i < offset + each; i++) {
                    many.add(new Revocation(session("s" + i), NOW, NOW.plus(LIFE)));
                    unseen += many.revokes(ofSession("s" + i, NOW)) ? 0 : 1;
                    unseen += many.revokes(ofSession("s" + offset, NOW)) ? 0 : 1;
                }
                return unseen;
            });
        }
        for (Future<Integer> result : pool.invokeAll(work, 60, TimeUnit.SECONDS)) {
            assertThat(result.get()).isZero();
        }
        pool.shutdownNow();
        int distinct = (threads + 1) * each / 2;
        assertThat(many.all()).hasSize(distinct);
        assertThat(told).hasValue(distinct);
        assertThat(many.generation()).isEqualTo(distinct);
    }

    /** While later and later records of the same tokens come in, an earlier token is refused at every moment. */
    @Test
    void thereIsNoGapWhileARecordIsReplaced() throws Exception {
        Revocations few = new Revocations(clock, 10, alarms::incrementAndGet);
        few.add(new Revocation(session("s1"), NOW, NOW.plus(LIFE)));
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        Future<Integer> gaps = pool.submit(() -> {
            int found = 0;
            while (!done.get()) {
                found += few.revokes(token(NOW)) ? 0 : 1;
            }
            return found;
        });
        for (int i = 0; i < 50_000; i++) {
            few.add(new Revocation(session("s1"), NOW.plusMillis(i), NOW.plus(LIFE)));
            few.add(new Revocation(session("x" + i % 50), NOW.plusMillis(i), NOW.plus(LIFE)));
        }
        done.set(true);
        assertThat(gaps.get(10, TimeUnit.SECONDS)).isZero();
        pool.shutdownNow();
    }

    /** While the record of a token becomes part of a wider one, the token is refused at every moment. */
    @Test
    void thereIsNoGapWhileARecordIsFolded() throws Exception {
        AtomicReference<Revocations> current = new AtomicReference<>(folding());
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        Future<Integer> gaps = pool.submit(() -> {
            int found = 0;
            while (!done.get()) {
                found += current.get().revokes(token(NOW)) ? 0 : 1;
            }
            return found;
        });
        for (int i = 0; i < 50_000; i++) {
            Revocations few = folding();
            current.set(few);
            few.add(new Revocation(session("x"), NOW.plusMillis(1), NOW.plus(LIFE)));
            few.add(new Revocation(session("y"), NOW.plusMillis(2), NOW.plus(LIFE)));
        }
        done.set(true);
        assertThat(gaps.get(10, TimeUnit.SECONDS)).isZero();
        pool.shutdownNow();
    }

    /** Has room for two, and is the first to go: the one that refuses {@link #token}. */
    private Revocations folding() {
        Revocations few = new Revocations(clock, 2, () -> {});
        few.add(new Revocation(session("s1"), NOW, NOW.plus(LIFE)));
        return few;
    }

    private Revocation add(Revocation.What what, Instant notBefore) {
        Revocation revocation = new Revocation(what, notBefore, NOW.plus(LIFE));
        revocations.add(revocation);
        return revocation;
    }

    private static Revocation.What session(String sid) {
        return new Revocation.What.Session(CORP, sid);
    }

    static Provenance token(Instant issuedAt) {
        return new Provenance(
                CORP,
                Optional.of("t1"),
                Set.of("alice", "alice-oid"),
                Optional.of("s1"),
                Optional.of("app"),
                Optional.of(issuedAt));
    }

    private static Provenance ofSession(String sid, Instant issuedAt) {
        return new Provenance(
                CORP, Optional.empty(), Set.of("x"), Optional.of(sid), Optional.empty(), Optional.of(issuedAt));
    }
}
