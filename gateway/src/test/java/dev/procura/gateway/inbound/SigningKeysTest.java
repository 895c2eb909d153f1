package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.RSAKey;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** One issuer's keys: fetched seldom, shared by everyone who waits, renewed in time, and missed for a bounded time. */
final class SigningKeysTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final SigningKeys.Timing TIMING =
            new SigningKeys.Timing(Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(30));
    private static final List<KeySet.VerificationKey> FIRST = keys(TestTokens.RSA);
    private static final List<KeySet.VerificationKey> ROTATED = keys(TestTokens.RSA, TestTokens.NEW_RSA);

    private final MutableClock clock = MutableClock.at(TestTokens.NOW);
    private final FakeServer server = new FakeServer();
    private final SigningKeys keys = new SigningKeys("corp", server.source(), TIMING, clock);

    /** A server whose every answer is given by hand. */
    private static final class FakeServer {

        private final List<Sinks.One<List<KeySet.VerificationKey>>> fetches = new CopyOnWriteArrayList<>();

        Mono<List<KeySet.VerificationKey>> source() {
            return Mono.defer(() -> {
                Sinks.One<List<KeySet.VerificationKey>> answer = Sinks.one();
                fetches.add(answer);
                return answer.asMono();
            });
        }

        int count() {
            return fetches.size();
        }

        void answer(List<KeySet.VerificationKey> keys) {
            last().tryEmitValue(keys).orThrow();
        }

        void fail() {
            last().tryEmitError(new IOException("down")).orThrow();
        }

        private Sinks.One<List<KeySet.VerificationKey>> last() {
            return fetches.get(fetches.size() - 1);
        }
    }

    @Test
    void fetchesOnceForAHundredCallersWhoComeBeforeTheFirstAnswer() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Mono<KeySet>>> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            callers.add(threads.submit(() -> {
                start.await();
                Mono<KeySet> shared = keys.forSignature(signedWith("k1")).cache();
                shared.subscribe();
                return shared;
            }));
        }
        start.countDown();
        List<Mono<KeySet>> waiting = new ArrayList<>();
        for (Future<Mono<KeySet>> caller : callers) {
            waiting.add(caller.get());
        }
        threads.shutdown();

        server.answer(FIRST);

        assertThat(server.count()).isEqualTo(1);
        for (Mono<KeySet> caller : waiting) {
            StepVerifier.create(caller).expectNextCount(1).expectComplete().verify(SOON);
        }
    }

    @Test
    void asksAgainWhenTheKeysAreFiveMinutesOldWithoutMakingAnybodyWait() {
        have(FIRST);

        clock.advance(Duration.ofMinutes(5).minusSeconds(1));
        found("k1");
        assertThat(server.count()).isEqualTo(1);

        clock.advance(Duration.ofSeconds(1));
        found("k1");
        found("k1");
        assertThat(keys.stillVouchFor(0)).isTrue();
        assertThat(server.count()).isEqualTo(2);

        server.answer(ROTATED);
        found("k2");
        assertThat(server.count()).isEqualTo(2);
    }

    @Test
    void fetchesAtOnceForTheFirstUnknownKeyAfterARotation() {
        have(FIRST);

        Mono<KeySet> caller = subscribed("k2");
        assertThat(server.count()).isEqualTo(2);
        server.answer(ROTATED);

        StepVerifier.create(caller).expectNextCount(1).expectComplete().verify(SOON);
    }

    @Test
    void fetchesOnceInACoolDownForAThousandUnknownKeys() {
        have(FIRST);

        for (int i = 0; i < 1000; i++) {
            Mono<KeySet> caller = subscribed("unknown-" + i);
            if (server.count() == 2 && i == 0) {
                server.answer(FIRST);
            }
            fails(caller, Problem.KEY_UNKNOWN);
        }
        assertThat(server.count()).isEqualTo(2);

        clock.advance(Duration.ofSeconds(30).minusMillis(1));
        fails("unknown", Problem.KEY_UNKNOWN);
        assertThat(server.count()).isEqualTo(2);

        clock.advance(Duration.ofMillis(1));
        subscribed("k2");
        assertThat(server.count()).isEqualTo(3);
    }

    @Test
    void sharesOneFetchAmongUnknownKeysThatComeTogether() {
        have(FIRST);

        List<Mono<KeySet>> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            callers.add(subscribed(i % 2 == 0 ? "k2" : "unknown"));
        }
        assertThat(server.count()).isEqualTo(2);
        server.answer(ROTATED);

        for (int i = 0; i < 100; i++) {
            if (i % 2 == 0) {
                StepVerifier.create(callers.get(i))
                        .expectNextCount(1)
                        .expectComplete()
                        .verify(SOON);
            } else {
                fails(callers.get(i), Problem.KEY_UNKNOWN);
            }
        }
    }

    @Test
    void isNotKeptFromAnsweringForKnownKeysByUnknownOnes() {
        have(FIRST);
        subscribed("unknown");

        found("k1");
    }

    @Test
    void triesAFailedFetchAgainAfterOneSecondAndThenLaterAndLater() {
        Mono<KeySet> first = subscribed("k1");
        server.fail();
        fails(first, Problem.KEYS_UNAVAILABLE);

        for (int pause : new int[] {1, 2, 4, 8, 10, 10, 10}) {
            int before = server.count();
            clock.advance(Duration.ofSeconds(pause).minusMillis(1));
            fails("k1", Problem.KEYS_UNAVAILABLE);
            assertThat(server.count()).as("just before %s s", pause).isEqualTo(before);

            clock.advance(Duration.ofMillis(1));
            Mono<KeySet> caller = subscribed("k1");
            assertThat(server.count()).as("after %s s", pause).isEqualTo(before + 1);
            server.fail();
            fails(caller, Problem.KEYS_UNAVAILABLE);
        }
    }

    @Test
    void beginsAgainWithOneSecondAfterASuccess() {
        subscribed("k1");
        server.fail();
        clock.advance(Duration.ofSeconds(1));
        subscribed("k1");
        server.answer(FIRST);

        clock.advance(Duration.ofMinutes(5));
        found("k1");
        server.fail();
        int before = server.count();
        clock.advance(Duration.ofSeconds(1));
        found("k1");

        assertThat(server.count()).isEqualTo(before + 1);
    }

    @Test
    void servesTheLastKnownKeysForADayWhileTheServerIsDown() {
        have(FIRST);
        clock.advance(Duration.ofHours(24).minusSeconds(1));

        Mono<KeySet> caller = subscribed("k1");
        server.fail();
        StepVerifier.create(caller).expectNextCount(1).expectComplete().verify(SOON);

        // From now on it is known to be down: nobody waits.
        found("k1");
        assertThat(keys.stillVouchFor(0)).isTrue();

        clock.advance(Duration.ofSeconds(1));
        assertThat(keys.stillVouchFor(0)).isFalse();
        Mono<KeySet> tooLate = subscribed("k1");
        server.fail();
        fails(tooLate, Problem.KEYS_UNAVAILABLE);
        fails("k1", Problem.KEYS_UNAVAILABLE);
    }

    @Test
    void makesNobodyWaitWhileItKeepsTryingAServerThatIsDown() {
        have(FIRST);
        clock.advance(Duration.ofMinutes(5));
        for (int i = 0; i < 100; i++) {
            int before = server.count();
            found("k1");
            if (server.count() > before) {
                server.fail();
            }
            clock.advance(Duration.ofSeconds(10));
        }
        assertThat(server.count()).isBetween(50, 105);
    }

    @Test
    void asksFirstWhenNobodyHasComeForTenMinutes() {
        have(FIRST);
        clock.advance(Duration.ofMinutes(10).minusSeconds(1));
        assertThat(keys.stillVouchFor(0)).isTrue();
        server.fail();

        clock.advance(Duration.ofSeconds(60));
        assertThat(keys.stillVouchFor(0)).isFalse();
        Mono<KeySet> caller = subscribed("k1");
        server.answer(keys(TestTokens.NEW_RSA));

        fails(caller, Problem.KEY_UNKNOWN);
    }

    @Test
    void waitsForTheServerOnceTheLastKnownKeysAreTooOld() {
        have(FIRST);
        clock.advance(Duration.ofDays(2));

        Mono<KeySet> caller = subscribed("k1");
        server.answer(FIRST);

        StepVerifier.create(caller).expectNextCount(1).expectComplete().verify(SOON);
    }

    @Test
    void doesNotEndTheFetchWhenOneOfTheCallersGivesUp() {
        Disposable impatient = keys.forSignature(signedWith("k1")).subscribe();
        Mono<KeySet> patient = subscribed("k1");

        impatient.dispose();
        server.answer(FIRST);

        StepVerifier.create(patient).expectNextCount(1).expectComplete().verify(SOON);
        assertThat(server.count()).isEqualTo(1);
    }

    @Test
    void doesNotEndTheFetchWhenTheOnlyCallerGivesUp() {
        keys.forSignature(signedWith("k1")).subscribe().dispose();
        server.answer(FIRST);

        found("k1");
        assertThat(server.count()).isEqualTo(1);
    }

    @Test
    void asksBeforeTheFirstCallerDoes() {
        keys.warmUp();
        server.answer(FIRST);
        keys.warmUp();

        found("k1");
        assertThat(server.count()).isEqualTo(1);
    }

    @Test
    void countsAWithdrawalWhenAKeyIsGoneAndNoneWhenOneIsAdded() {
        have(FIRST);
        renew(ROTATED);
        assertThat(keys.stillVouchFor(0)).isTrue();

        renew(keys(TestTokens.NEW_RSA));
        assertThat(keys.stillVouchFor(0)).isFalse();
        assertThat(keys.stillVouchFor(1)).isTrue();

        renew(ROTATED);
        assertThat(keys.stillVouchFor(0)).isFalse();
        assertThat(keys.stillVouchFor(1)).isTrue();
    }

    @Test
    void countsAWithdrawalWhenEveryKeyIsGone() {
        have(FIRST);
        renew(List.of());

        assertThat(keys.stillVouchFor(0)).isFalse();
    }

    /** An unknown key in the pause after a failed fetch starts none, so it must not use up the next one either. */
    @Test
    void doesNotPayForAFetchThatWasNotMade() {
        have(FIRST);
        clock.advance(Duration.ofMinutes(5));
        found("k1");
        server.fail();
        int before = server.count();

        Mono<KeySet> tooSoon = keys.forSignature(signedWith("k2"));
        StepVerifier.create(tooSoon).expectError(ProblemException.class).verify(SOON);
        assertThat(server.count()).isEqualTo(before);

        clock.advance(Duration.ofSeconds(1));
        Mono<KeySet> caller = subscribed("k2");
        assertThat(server.count()).isEqualTo(before + 1);
        server.answer(ROTATED);
        StepVerifier.create(caller).expectNextCount(1).expectComplete().verify(SOON);
    }

    @Test
    void doesNotAskBeforeAnybodySubscribes() {
        Mono<KeySet> unasked = Mono.defer(() -> keys.forSignature(signedWith("k1")));

        assertThat(unasked).isNotNull();
        assertThat(server.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 30, 300})
    void asksForUnknownKeysOnceInTheConfiguredTime(long coolDown) {
        SigningKeys configured = new SigningKeys(
                "corp",
                server.source(),
                new SigningKeys.Timing(Duration.ofDays(1), Duration.ofDays(2), Duration.ofSeconds(coolDown)),
                clock);
        configured.warmUp();
        server.answer(FIRST);
        for (int i = 0; i < 1000; i++) {
            int before = server.count();
            configured.forSignature(signedWith("made-up-" + i)).subscribe(set -> {}, failure -> {});
            if (server.count() > before) {
                server.answer(FIRST);
            }
            clock.advance(Duration.ofMillis(coolDown * 10));
        }

        // A thousand requests in ten times that time.
        assertThat(server.count()).isEqualTo(1 + 10);
    }

    @Test
    void refusesAWithdrawnKeyWithinTwiceTheConfiguredTime() {
        SigningKeys configured = new SigningKeys(
                "corp",
                server.source(),
                new SigningKeys.Timing(Duration.ofSeconds(20), Duration.ofHours(1), Duration.ofSeconds(30)),
                clock);
        configured.warmUp();
        server.answer(FIRST);

        clock.advance(Duration.ofSeconds(40));
        assertThat(configured.stillVouchFor(0)).isFalse();
        Mono<KeySet> caller = configured.forSignature(signedWith("k1")).cache();
        caller.subscribe(set -> {}, failure -> {});
        server.answer(keys(TestTokens.NEW_RSA));

        fails(caller, Problem.KEY_UNKNOWN);
    }

    @Test
    void saysWhatItKnowsWithoutAskingAnybody() {
        assertThat(keys.know(signedWith("k1"))).isFalse();
        assertThat(keys.state()).isEqualTo(new SigningKeys.State("corp", 0, Optional.empty(), false));
        assertThat(keys.state().isReady()).isFalse();
        assertThat(server.count()).isZero();

        have(ROTATED);
        clock.advance(Duration.ofDays(3));

        assertThat(keys.know(signedWith("k1"))).isTrue();
        assertThat(keys.know(signedWith("other"))).isFalse();
        assertThat(keys.know(new JWSHeader(JWSAlgorithm.ES256))).isFalse();
        assertThat(keys.state()).isEqualTo(new SigningKeys.State("corp", 2, Optional.of(TestTokens.NOW), false));
        assertThat(server.count()).isEqualTo(1);
    }

    @Test
    void saysWhetherTheServerIsLost() {
        subscribed("k1");
        server.fail();
        assertThat(keys.state()).isEqualTo(new SigningKeys.State("corp", 0, Optional.empty(), true));

        clock.advance(Duration.ofSeconds(1));
        have(FIRST);
        assertThat(keys.state().lost()).isFalse();

        clock.advance(Duration.ofMinutes(5));
        found("k1");
        server.fail();
        assertThat(keys.state().lost()).isTrue();
        assertThat(keys.state().isReady()).isTrue();

        clock.advance(Duration.ofSeconds(1));
        found("k1");
        server.answer(FIRST);
        assertThat(keys.state().lost()).isFalse();
    }

    /** While the server is lost nobody can say that the key does not exist: it may be a new one. */
    @Test
    void doesNotCallAKeyUnknownWhileTheServerIsLost() {
        have(FIRST);
        clock.advance(Duration.ofMinutes(1));
        Mono<KeySet> first = subscribed("k2");
        server.fail();
        fails(first, Problem.KEYS_UNAVAILABLE);

        fails("k2", Problem.KEYS_UNAVAILABLE);
        found("k1");
        assertThat(server.count()).isEqualTo(2);

        clock.advance(Duration.ofSeconds(30));
        Mono<KeySet> later = subscribed("k2");
        server.answer(ROTATED);
        StepVerifier.create(later).expectNextCount(1).expectComplete().verify(SOON);
        fails("k3", Problem.KEY_UNKNOWN);
    }

    @Test
    void countsAnEmptyAnswerAsAFailure() {
        SigningKeys silent = new SigningKeys("corp", Mono.empty(), TIMING, clock);

        fails(silent.forSignature(signedWith("k1")), Problem.KEYS_UNAVAILABLE);
    }

    private void have(List<KeySet.VerificationKey> current) {
        Mono<KeySet> caller = subscribed("k1");
        server.answer(current);
        StepVerifier.create(caller).expectNextCount(1).expectComplete().verify(SOON);
    }

    private void renew(List<KeySet.VerificationKey> next) {
        clock.advance(Duration.ofMinutes(5));
        keys.stillVouchFor(0);
        server.answer(next);
    }

    /** Waits already when this returns, and remembers what it was given. */
    private Mono<KeySet> subscribed(String kid) {
        Mono<KeySet> caller = keys.forSignature(signedWith(kid)).cache();
        caller.subscribe(set -> {}, failure -> {});
        return caller;
    }

    private void found(String kid) {
        StepVerifier.create(keys.forSignature(signedWith(kid)))
                .assertNext(set -> assertThat(set.candidates(signedWith(kid))).hasSize(1))
                .expectComplete()
                .verify(SOON);
    }

    private void fails(String kid, Problem problem) {
        fails(keys.forSignature(signedWith(kid)), problem);
    }

    private static void fails(Mono<KeySet> caller, Problem problem) {
        StepVerifier.create(caller)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                ProblemException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(problem)))
                .verify(SOON);
    }

    private static JWSHeader signedWith(String kid) {
        return new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid).build();
    }

    private static List<KeySet.VerificationKey> keys(RSAKey... keys) {
        return Arrays.stream(keys)
                .map(key -> {
                    try {
                        return new KeySet.VerificationKey(
                                Optional.of(key.getKeyID()), Optional.empty(), Optional.empty(), key.toPublicKey());
                    } catch (JOSEException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }
}
