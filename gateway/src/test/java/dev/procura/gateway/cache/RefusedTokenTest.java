package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.HeldTokenSource;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A token that a tier refuses: forgotten, replaced once, and never at the price of a flood. */
class RefusedTokenTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int ASKERS = 100;
    private static final Grant ALICE = GrantExample.ofAlice().onBehalfOf();
    private static final Grant BOB = GrantExample.of(CallerExample.user("bob")).onBehalfOf();

    private final MutableClock clock = MutableClock.at(NOW);
    private final AtomicInteger number = new AtomicInteger();
    private final FakeTokenSource server = FakeTokenSource.answering(
            grant -> Mono.just(FakeTokenSource.token("token-" + number.incrementAndGet(), NOW.plusSeconds(3000))));
    private final CachingTokenSource cache = caching(server);

    private CachingTokenSource caching(TokenSource source) {
        return new CachingTokenSource(
                source,
                CacheExample.of(
                        1000,
                        DataSize.ofMegabytes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)),
                CacheExample.alone(clock));
    }

    private AccessToken given(Grant grant) {
        return cache.token(grant).blockOptional(SOON).orElseThrow();
    }

    private Optional<AccessToken> another(Grant grant, AccessToken refused) {
        return cache.forget(grant, refused.value()).flatMap(other -> other.blockOptional(SOON));
    }

    @Test
    void isReplacedByAFreshOneForEverybodyWhoAsksFromNowOn() {
        AccessToken refused = given(ALICE);

        AccessToken fresh = another(ALICE, refused).orElseThrow();

        assertThat(fresh).isNotEqualTo(refused);
        assertThat(given(ALICE)).isEqualTo(fresh);
        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void isForgottenEvenWhenNobodyWantsAnotherOneNow() {
        AccessToken refused = given(ALICE);

        assertThat(cache.forget(ALICE, refused.value())).isPresent();
        assertThat(server.calls()).as("nothing happens before subscription").isEqualTo(1);

        AccessToken fresh = given(ALICE);
        assertThat(fresh).isNotEqualTo(refused);
        assertThat(another(ALICE, refused)).as("somebody's fresh one").contains(fresh);
        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void theFreshOneIsNotForgottenSoSoon() {
        AccessToken fresh = another(ALICE, given(ALICE)).orElseThrow();

        clock.set(NOW.plusMillis(9_999));
        assertThat(cache.forget(ALICE, fresh.value())).isEmpty();
        assertThat(given(ALICE)).isEqualTo(fresh);
        assertThat(server.calls()).isEqualTo(2);

        clock.set(NOW.plusMillis(10_000));
        assertThat(another(ALICE, fresh)).isPresent();
        assertThat(server.calls()).isEqualTo(3);
    }

    @Test
    void aTierThatRefusesEverythingCostsOneCallIn10Seconds() {
        given(ALICE);
        for (int second = 0; second < 100; second++) {
            clock.set(NOW.plusSeconds(second));
            for (int i = 0; i < 20; i++) {
                AccessToken refused = given(ALICE);
                Optional<AccessToken> other = another(ALICE, refused);
                other.ifPresent(token -> another(ALICE, token));
                another(ALICE, refused);
            }
        }

        assertThat(server.calls()).isEqualTo(1 + 10);
    }

    @Test
    void ofAHundredWhoAreRefusedAtOnceOneMakesTheCallAndAllGetItsToken() throws Exception {
        HeldTokenSource held = new HeldTokenSource();
        CachingTokenSource waiting = caching(held);
        CompletableFuture<AccessToken> first = waiting.token(ALICE).toFuture();
        AccessToken refused = FakeTokenSource.token("refused", NOW.plusSeconds(300));
        held.call(0).give(refused);
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(refused);

        List<CompletableFuture<AccessToken>> answers = new CopyOnWriteArrayList<>();
        CyclicBarrier start = new CyclicBarrier(ASKERS);
        ExecutorService threads = Executors.newFixedThreadPool(ASKERS);
        try {
            List<Future<Boolean>> asking = new ArrayList<>();
            for (int i = 0; i < ASKERS; i++) {
                asking.add(threads.submit(() -> {
                    start.await(10, TimeUnit.SECONDS);
                    return answers.add(
                            waiting.forget(ALICE, refused.value()).orElseThrow().toFuture());
                }));
            }
            for (Future<Boolean> asked : asking) {
                assertThat(asked.get(10, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        AccessToken fresh = FakeTokenSource.token("fresh", NOW.plusSeconds(300));
        held.call(1).give(fresh);

        for (CompletableFuture<AccessToken> answer : answers) {
            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(fresh);
        }
        assertThat(waiting.forget(ALICE, refused.value()).orElseThrow().block(SOON))
                .as("a straggler")
                .isEqualTo(fresh);
        assertThat(held.calls()).hasSize(2);
    }

    @Test
    void aCallerWhoGivesUpDoesNotEndTheCallForTheOthers() throws Exception {
        HeldTokenSource held = new HeldTokenSource();
        CachingTokenSource waiting = caching(held);
        AccessToken refused = FakeTokenSource.token("refused", NOW.plusSeconds(300));
        waiting.forget(ALICE, refused.value()).orElseThrow().toFuture().cancel(true);
        CompletableFuture<AccessToken> other =
                waiting.forget(ALICE, refused.value()).orElseThrow().toFuture();

        AccessToken fresh = FakeTokenSource.token("fresh", NOW.plusSeconds(300));
        held.call(0).give(fresh);

        assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(fresh);
        assertThat(held.calls()).hasSize(1);
    }

    @Test
    void aServerThatGivesTheSameOneAgainIsNotAskedWithoutEnd() {
        server.nowGives(FakeTokenSource.token("same", NOW.plusSeconds(300)));
        AccessToken same = given(ALICE);

        for (int i = 0; i < 20; i++) {
            assertThat(another(ALICE, given(ALICE))).isEmpty();
        }

        assertThat(given(ALICE)).isEqualTo(same);
        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void tokensThatAreNeverRememberedAreReplacedOnceAsWell() {
        server.nowGives(FakeTokenSource.tokenOfUnknownEnd("other"));
        AccessToken refused = FakeTokenSource.tokenOfUnknownEnd("refused");

        for (int i = 0; i < 20; i++) {
            assertThat(another(ALICE, refused)).isPresent();
        }

        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void whatCameOfTheCallIsToldToAllWhoWereRefused() {
        AccessToken refused = given(ALICE);
        ProblemException away = ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down");
        server.nowFails(away);

        for (int i = 0; i < 20; i++) {
            StepVerifier.create(cache.forget(ALICE, refused.value()).orElseThrow())
                    .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(away))
                    .verify(SOON);
        }

        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void aRefusedOneIsNotServedWhileTheServerIsAway() {
        AccessToken refused = given(ALICE);
        assertThat(cache.forget(ALICE, refused.value())).isPresent();
        server.nowFails(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down"));

        StepVerifier.create(cache.token(ALICE)).expectError().verify(SOON);
    }

    @Test
    void aStragglerNeverGetsATokenThatIsOver() {
        server.nowGives(FakeTokenSource.token("brief", NOW.plusSeconds(4)));
        AccessToken refused = FakeTokenSource.token("refused", NOW.plusSeconds(300));
        assertThat(another(ALICE, refused)).isPresent();

        clock.set(NOW.plusSeconds(4));

        assertThat(another(ALICE, refused)).isEmpty();
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void nobodyElsesTokenIsTouched() {
        AccessToken alices = given(ALICE);
        AccessToken bobs = given(BOB);

        assertThat(another(ALICE, bobs)).as("not the token of this key").contains(alices);
        assertThat(given(ALICE)).isEqualTo(alices);
        AccessToken fresh = another(BOB, bobs).orElseThrow();

        assertThat(given(ALICE)).isEqualTo(alices);
        assertThat(given(BOB)).isEqualTo(fresh);
        assertThat(fresh).isNotIn(alices, bobs);
        assertThat(server.asked().get(2)).isEqualTo(BOB);
        assertThat(server.calls()).isEqualTo(3);
    }
}
