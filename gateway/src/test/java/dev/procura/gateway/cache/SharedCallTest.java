package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CacheExample;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;

/** One call for all who ask for the same at once, whatever each of them does. */
class SharedCallTest {

    private static final int ASKERS = 100;
    private static final long SOON = 10;
    private static final Grant GRANT = GrantExample.ofAlice().onBehalfOf();
    private static final AccessToken TOKEN = FakeTokenSource.token("issued", NOW.plusSeconds(300));

    private final HeldTokenSource server = new HeldTokenSource();
    private final CachingTokenSource cache = new CachingTokenSource(
            server,
            CacheExample.of(
                    1000,
                    DataSize.ofMegabytes(10),
                    Duration.ofHours(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30)),
            CacheExample.alone(MutableClock.at(NOW)));
    private final ExecutorService threads = Executors.newFixedThreadPool(ASKERS);

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** All at the same moment, each in a thread of its own; every question has been asked when this returns. */
    private List<CompletableFuture<AccessToken>> askTogether() throws Exception {
        CyclicBarrier start = new CyclicBarrier(ASKERS);
        List<CompletableFuture<AccessToken>> answers = new CopyOnWriteArrayList<>();
        List<Future<Boolean>> asking = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
            asking.add(threads.submit(() -> {
                start.await(SOON, TimeUnit.SECONDS);
                return answers.add(cache.token(GRANT).toFuture());
            }));
        }
        for (Future<Boolean> asked : asking) {
            assertThat(asked.get(SOON, TimeUnit.SECONDS)).isTrue();
        }
        return answers;
    }

    @Test
    void ofAHundredAskersOnAColdCacheOneMakesTheCallAndAllGetTheToken() throws Exception {
        List<CompletableFuture<AccessToken>> answers = askTogether();

        assertThat(server.calls()).hasSize(1);
        server.call(0).give(TOKEN);

        for (CompletableFuture<AccessToken> answer : answers) {
            assertThat(answer.get(SOON, TimeUnit.SECONDS)).isEqualTo(TOKEN);
        }
        assertThat(cache.token(GRANT).block(Duration.ofSeconds(SOON))).isEqualTo(TOKEN);
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void aFailureIsToldToEveryoneWhoWaitedAndThenItIsAskedAgain() throws Exception {
        ProblemException failure = ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down");
        List<CompletableFuture<AccessToken>> answers = askTogether();

        server.call(0).fail(failure);

        for (CompletableFuture<AccessToken> answer : answers) {
            assertThat(answer)
                    .failsWithin(Duration.ofSeconds(SOON))
                    .withThrowableOfType(ExecutionException.class)
                    .withCause(failure);
        }
        var next = cache.token(GRANT).toFuture();
        assertThat(server.calls()).hasSize(2);
        server.call(1).give(TOKEN);
        assertThat(next.get(SOON, TimeUnit.SECONDS)).isEqualTo(TOKEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50, 99})
    void oneWhoGivesUpDoesNotEndTheCallForTheOthers(int impatient) {
        List<AccessToken> received = new ArrayList<>();
        List<Disposable> askers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
            askers.add(cache.token(GRANT).subscribe(received::add));
        }

        askers.get(impatient).dispose();

        assertThat(server.calls()).hasSize(1);
        assertThat(server.call(0).isCancelled()).isFalse();
        server.call(0).give(TOKEN);
        assertThat(received).hasSize(ASKERS - 1).containsOnly(TOKEN);
    }

    @Test
    void theOneWhoMadeTheCallMayGiveUpBeforeTheOthersCome() {
        cache.token(GRANT).subscribe().dispose();
        var later = cache.token(GRANT).toFuture();

        assertThat(server.calls()).hasSize(1);
        server.call(0).give(TOKEN);

        assertThat(later).isCompletedWithValue(TOKEN);
    }

    @Test
    void whenAllGiveUpTheTokenIsThereForTheNext() {
        for (int i = 0; i < ASKERS; i++) {
            cache.token(GRANT).subscribe().dispose();
        }

        assertThat(server.call(0).isCancelled()).isFalse();
        server.call(0).give(TOKEN);

        assertThat(cache.token(GRANT).toFuture()).isCompletedWithValue(TOKEN);
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void whenAllGiveUpOnACallThatFailsTheNextMakesANewOne() {
        for (int i = 0; i < ASKERS; i++) {
            cache.token(GRANT).subscribe().dispose();
        }
        server.call(0).fail(new IllegalStateException("down"));

        var next = cache.token(GRANT).toFuture();
        server.call(1).give(TOKEN);

        assertThat(next).isCompletedWithValue(TOKEN);
    }

    @Test
    void whenAllGiveUpWhileTheAnswerComesNobodyIsHeldUp() throws Exception {
        for (int round = 0; round < 200; round++) {
            Grant grant = GrantExample.ofAlice().audience("api-" + round).onBehalfOf();
            Disposable asker = cache.token(grant).subscribe();
            HeldTokenSource.Call call = server.call(round);
            CountDownLatch start = new CountDownLatch(1);
            Future<?> giving = threads.submit(() -> {
                start.await();
                call.give(TOKEN);
                return true;
            });
            start.countDown();
            asker.dispose();
            giving.get(SOON, TimeUnit.SECONDS);

            assertThat(cache.token(grant).block(Duration.ofSeconds(SOON))).isEqualTo(TOKEN);
        }
        assertThat(server.calls()).hasSize(200);
    }

    @Test
    void whoAsksAgainOnHearingOfAFailureMakesANewCall() {
        var stubborn =
                cache.token(GRANT).onErrorResume(failure -> cache.token(GRANT)).toFuture();

        server.call(0).fail(new IllegalStateException("down"));

        assertThat(server.calls()).hasSize(2);
        server.call(1).give(TOKEN);
        assertThat(stubborn).isCompletedWithValue(TOKEN);
    }

    @Test
    void whoAsksAgainOnGettingATokenOfUnknownEndMakesANewCall() {
        var again = cache.token(GRANT).flatMap(token -> cache.token(GRANT)).toFuture();

        server.call(0).give(FakeTokenSource.tokenOfUnknownEnd("once"));

        assertThat(server.calls()).hasSize(2);
        server.call(1).give(FakeTokenSource.tokenOfUnknownEnd("twice"));
        assertThat(again).isCompletedWithValue(FakeTokenSource.tokenOfUnknownEnd("twice"));
    }

    @Test
    void anAskerThatBreaksDoesNotBreakTheOthers() {
        List<AccessToken> received = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        cache.token(GRANT).subscribe(received::add);
        cache.token(GRANT)
                .subscribe(
                        token -> {
                            throw new IllegalStateException("broken asker");
                        },
                        failures::add);
        cache.token(GRANT).subscribe(received::add);

        server.call(0).give(TOKEN);

        assertThat(received).containsExactly(TOKEN, TOKEN);
        assertThat(failures).hasSize(1);
        assertThat(cache.token(GRANT).toFuture()).isCompletedWithValue(TOKEN);
    }
}
