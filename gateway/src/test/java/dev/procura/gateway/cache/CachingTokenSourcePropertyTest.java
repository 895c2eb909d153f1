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
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Many callers, few keys, and everything that can happen to a call, in any order: no caller ever gets a token that was
 * issued for other inputs or that is over, and nobody waits for ever.
 */
class CachingTokenSourcePropertyTest {

    private static final int KEYS = 50;
    private static final int CALLERS = 1000;
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private final MutableClock clock = MutableClock.at(NOW);

    /** What callers saw and should not have: an assertion inside of a subscriber would be lost. */
    private final List<String> violations = new CopyOnWriteArrayList<>();

    private CachingTokenSource caching(TokenSource source, int entries) {
        return new CachingTokenSource(
                source,
                CacheExample.of(
                        entries, DataSize.ofMegabytes(1), Duration.ofMinutes(2), Duration.ofSeconds(10), MARGIN),
                CacheExample.alone(clock));
    }

    /** Fifty grants that differ in one input from some other one: users, issuers, audiences, scopes, actors, clients. */
    private static List<Grant> grants() {
        List<Grant> grants = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            CallerExample caller = CallerExample.user("user-" + i % 5).expiresAt(NOW.plusSeconds(100_000));
            GrantExample grant = GrantExample.of(i % 2 == 0 ? caller : caller.issuerName("partner"))
                    .audience("api-" + i / 10)
                    .client(GrantExample.named("client"));
            grants.add(grant.onBehalfOf());
        }
        return grants;
    }

    /** A token that says for which grant it was issued. */
    private static AccessToken issuedFor(Grant grant, int number, Instant end, Random random) {
        String text = "n" + number + "." + Integer.toHexString(System.identityHashCode(grant));
        return random.nextInt(10) == 0 ? FakeTokenSource.tokenOfUnknownEnd(text) : FakeTokenSource.token(text, end);
    }

    private void expect(boolean met, String promise) {
        if (!met) {
            violations.add(promise);
        }
    }

    private static boolean isIssuedFor(Grant grant, AccessToken token) {
        return token.value().reveal().endsWith("." + Integer.toHexString(System.identityHashCode(grant)));
    }

    /** One caller: what he asked for, and what became of it. */
    private final class Asker {
        private final Grant grant;
        private Disposable subscription = () -> {};
        private boolean answered;
        private boolean gone;

        Asker(CachingTokenSource cache, Grant grant) {
            this.grant = grant;
            subscription = cache.token(grant).subscribe(this::receive, failure -> answered = true);
        }

        private void receive(AccessToken token) {
            answered = true;
            expect(!gone, "nobody is told after he has left");
            expect(isIssuedFor(grant, token), "nobody gets a token that was issued for other inputs");
            expect(!token.isExpired(clock.instant()), "nobody gets a token that is over");
        }

        void leave() {
            gone = true;
            subscription.dispose();
        }

        boolean waits() {
            return !answered && !gone;
        }
    }

    @Test
    void whateverHappensInWhateverOrderEachCallerGetsHisOwnOrAFailure() {
        Randomly.check(random -> {
            for (int round = 0; round < Randomly.rounds(5); round++) {
                new Play(random).perform();
            }
        });
    }

    /** One random course of events in one thread; the calls end when the play says so. */
    private final class Play {
        private final Random random;
        private final HeldTokenSource server = new HeldTokenSource();
        private final CachingTokenSource cache;
        private final List<Grant> grants = grants();
        private final List<Asker> askers = new ArrayList<>();
        private final Map<Integer, HeldTokenSource.Call> underWay = new LinkedHashMap<>();
        private int seen;
        private Instant lastEnd = NOW;

        Play(Random random) {
            this.random = random;
            this.cache = caching(server, 30 + random.nextInt(70));
        }

        void perform() {
            while (askers.size() < CALLERS) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3, 4 -> askers.add(new Asker(cache, Randomly.oneOf(random, grants)));
                    case 5 -> Randomly.oneOf(random, askersOrNew()).leave();
                    case 6 -> clock.advance(Duration.ofMillis(random.nextInt(20_000)));
                    default -> endOne();
                }
                takeNote();
            }
            while (!underWay.isEmpty()) {
                endOne();
                takeNote();
            }
            assertThat(violations).isEmpty();
            assertThat(askers).noneMatch(Asker::waits);
            assertThat(server.calls()).noneMatch(HeldTokenSource.Call::isCancelled);
            assertThat(lastEnd).isAfter(NOW);
        }

        private List<Asker> askersOrNew() {
            if (askers.isEmpty()) {
                askers.add(new Asker(cache, grants.get(0)));
            }
            return askers;
        }

        /** Notices new calls: never two for one grant at the same time. */
        private void takeNote() {
            List<HeldTokenSource.Call> calls = server.calls();
            for (; seen < calls.size(); seen++) {
                HeldTokenSource.Call call = calls.get(seen);
                assertThat(underWay.values()).noneMatch(other -> other.grant().equals(call.grant()));
                underWay.put(seen, call);
            }
        }

        private void endOne() {
            takeNote();
            if (underWay.isEmpty()) {
                return;
            }
            int number = Randomly.oneOf(random, List.copyOf(underWay.keySet()));
            HeldTokenSource.Call call = server.call(number);
            underWay.remove(number);
            switch (random.nextInt(5)) {
                case 0 ->
                    call.fail(
                            random.nextBoolean()
                                    ? new IllegalStateException("refused")
                                    : ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "away"));
                case 1 -> call.endEmpty();
                default -> {
                    lastEnd = clock.instant().plusSeconds(1 + random.nextInt(100));
                    call.give(issuedFor(call.grant(), number, lastEnd, random));
                }
            }
        }
    }

    @Test
    void inManyThreadsEachCallerGetsHisOwnOrAFailure() {
        Randomly.check(random -> {
            long seed = random.nextLong();
            Scheduler answering = Schedulers.newParallel("answering", 4);
            ExecutorService asking = Executors.newFixedThreadPool(8);
            try {
                askInManyThreads(seed, answering, asking);
            } finally {
                answering.dispose();
                asking.shutdownNow();
            }
        });
    }

    private void askInManyThreads(long seed, Scheduler answering, ExecutorService asking) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        TokenSource server = grant -> Mono.fromCallable(() -> {
                    ThreadLocalRandom random = ThreadLocalRandom.current();
                    int number = calls.incrementAndGet();
                    if (random.nextInt(5) == 0) {
                        throw new IllegalStateException("refused");
                    }
                    return issuedFor(grant, number, clock.instant().plusSeconds(1 + random.nextInt(60)), random);
                })
                .subscribeOn(answering);
        CachingTokenSource cache = caching(server, 40);
        List<Grant> grants = grants();
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < Randomly.rounds(CALLERS); i++) {
            Random random = new Random(seed + i);
            callers.add(asking.submit(() -> {
                start.await();
                for (int question = 0; question < 10; question++) {
                    ask(cache, Randomly.oneOf(random, grants), random);
                }
                return true;
            }));
        }
        start.countDown();
        for (Future<Boolean> caller : callers) {
            assertThat(caller.get(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(violations).isEmpty();
        assertThat(calls.get()).isPositive().isLessThan(10 * CALLERS);
    }

    private void ask(CachingTokenSource cache, Grant grant, Random random) {
        if (random.nextInt(20) == 0) {
            clock.advance(Duration.ofMillis(random.nextInt(2000)));
        }
        if (random.nextInt(5) == 0) {
            cache.token(grant)
                    .subscribe(
                            token -> expect(isIssuedFor(grant, token), "nobody gets a token for other inputs"),
                            failure -> {})
                    .dispose();
            return;
        }
        try {
            AccessToken token = cache.token(grant).block(Duration.ofSeconds(30));
            expect(token != null && isIssuedFor(grant, token), "nobody gets a token for other inputs");
        } catch (IllegalStateException failure) {
            assertThat(failure).hasMessage("refused");
        }
    }
}
