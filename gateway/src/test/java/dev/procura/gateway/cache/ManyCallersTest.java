package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A thousand callers, fifty keys, and a server that is slow and fails: played event by event on a clock that only the play
 * moves, so that the same seed plays the same again.
 */
class ManyCallersTest {

    private static final int CALLERS = 1_000;
    private static final int KEYS = 50;
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final Duration NEGATIVE_TTL = Duration.ofSeconds(2);
    private static final int PLAY_MILLIS = 120_000;

    /** Something that happens at its time; of those at the same time the one that was planned first. */
    private record Event(Instant at, long order, Runnable happens) {}

    /** A caller who has asked. */
    private static final class Asker {
        private final int key;
        private final Instant askedAt;
        private boolean gaveUp;
        private Optional<AccessToken> token = Optional.empty();
        private Optional<Throwable> failure = Optional.empty();

        private Asker(int key, Instant askedAt) {
            this.key = key;
            this.askedAt = askedAt;
        }

        private boolean hasEnded() {
            return gaveUp || token.isPresent() || failure.isPresent();
        }
    }

    /** What the test knows of a key without asking the cache. */
    private static final class Model {
        private int underWay;
        private int started;
        private int gave;
        private int lives;
        private Instant usableUntil = Instant.MIN;
        private Instant refusedUntil = Instant.MIN;
    }

    private final class Play {

        private final Random random;
        private final boolean renews;
        private final MutableClock clock = MutableClock.at(NOW);
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::order));
        private final Map<Grant, Integer> keys = new HashMap<>();
        private final List<Grant> grants = new ArrayList<>();
        private final List<Model> models = new ArrayList<>();
        private final List<Asker> askers = new ArrayList<>();
        private final CachingTokenSource cache;
        private long planned;
        private int tokens;

        private Play(Random random, boolean renews) {
            this.random = random;
            this.renews = renews;
            for (int key = 0; key < KEYS; key++) {
                Grant grant = GrantExample.of(CallerExample.user("user" + key).expiresAt(NOW.plusSeconds(100_000)))
                        .onBehalfOf();
                keys.put(grant, key);
                grants.add(grant);
                models.add(new Model());
            }
            this.cache = new CachingTokenSource(
                    server(),
                    CacheExample.of(
                            1_000,
                            DataSize.ofMegabytes(10),
                            Duration.ofHours(1),
                            NEGATIVE_TTL,
                            MARGIN,
                            renews ? 0.8 : 1),
                    new CachingTokenSource.Surroundings(
                            SubjectChoice.TOKEN,
                            SharedCredentials.NONE,
                            new Revocations(clock),
                            new SimpleMeterRegistry(),
                            random::nextDouble,
                            clock));
        }

        private void plan(Duration in, Runnable happens) {
            events.add(new Event(clock.instant().plus(in), planned++, happens));
        }

        private Duration upTo(int millis) {
            return Duration.ofMillis(random.nextInt(millis));
        }

        /** Answers after up to three seconds; one in four times with a failure. */
        private TokenSource server() {
            return grant -> Mono.defer(() -> {
                Model model = models.get(keys.get(grant));
                Instant now = clock.instant();
                model.underWay++;
                model.started++;
                assertThat(model.underWay).as("calls under way for one key").isEqualTo(1);
                assertThat(now).as("a refusal is told again").isAfterOrEqualTo(model.refusedUntil);
                if (!renews) {
                    assertThat(now).as("one call for a life").isAfterOrEqualTo(model.usableUntil);
                }
                Sinks.One<AccessToken> answer = Sinks.one();
                boolean isRenewal = now.isBefore(model.usableUntil);
                plan(upTo(3_000), () -> end(model, keys.get(grant), isRenewal, answer));
                return answer.asMono();
            });
        }

        private void end(Model model, int key, boolean wasRenewal, Sinks.One<AccessToken> answer) {
            Instant now = clock.instant();
            model.underWay--;
            int dice = random.nextInt(8);
            if (dice == 0) {
                answer.tryEmitError(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "of " + key));
            } else if (dice == 1) {
                if (!wasRenewal) {
                    model.refusedUntil = now.plus(NEGATIVE_TTL);
                    model.usableUntil = Instant.MIN;
                }
                answer.tryEmitError(ProblemException.of(Problem.SUBJECT_REJECTED, "of " + key));
            } else {
                long life = 6_000 + random.nextInt(20_000);
                model.gave++;
                model.lives++;
                Duration half = Duration.ofMillis(life).dividedBy(2);
                model.usableUntil = now.plusMillis(life).minus(MARGIN.compareTo(half) < 0 ? MARGIN : half);
                answer.tryEmitValue(FakeTokenSource.token(key + "-" + tokens++, now.plusMillis(life)));
            }
        }

        private void ask(int key) {
            Asker asker = new Asker(key, clock.instant());
            askers.add(asker);
            Disposable asking = cache.token(grants.get(key))
                    .subscribe(
                            token -> {
                                assertThat(token.value().reveal()).startsWith(key + "-");
                                assertThat(token.isExpired(clock.instant())).isFalse();
                                asker.token = Optional.of(token);
                            },
                            failure -> {
                                asker.failure = Optional.of(failure);
                                assertThat(failure.getMessage()).isEqualTo("of " + key);
                            });
            if (!asker.hasEnded() && random.nextInt(4) == 0) {
                plan(upTo(2_000), () -> {
                    if (!asker.hasEnded()) {
                        asker.gaveUp = true;
                        asking.dispose();
                    }
                });
            }
        }

        private void run() {
            for (int i = 0; i < CALLERS; i++) {
                int key = (int) (KEYS * Math.pow(random.nextDouble(), 2));
                int times = 1 + random.nextInt(20);
                for (int time = 0; time < times; time++) {
                    plan(upTo(PLAY_MILLIS), () -> ask(key));
                }
            }
            untilAllHasHappened();
        }

        private void untilAllHasHappened() {
            while (!events.isEmpty()) {
                Event next = events.poll();
                clock.set(next.at());
                next.happens().run();
            }
        }

        private void assertNothingIsLeft() {
            assertThat(askers)
                    .hasSizeGreaterThan(CALLERS)
                    .allSatisfy(asker -> assertThat(asker.hasEnded())
                            .as("asked for %s at %s", asker.key, asker.askedAt)
                            .isTrue());
            assertThat(models).allSatisfy(model -> assertThat(model.underWay).isZero());
            clock.advance(Duration.ofHours(2));
            assertThat(cache.entries()).isZero();
            // A key that a call had left taken would never be asked for again.
            for (int key = 0; key < KEYS; key++) {
                Model model = models.get(key);
                int before = model.started;
                ask(key);
                assertThat(model.started).isEqualTo(before + 1);
            }
            // A call that never ends is given up a minute later by the clock on the wall: in the middle of other tests.
            untilAllHasHappened();
        }

        private long count(Problem problem) {
            return askers.stream()
                    .flatMap(asker -> asker.failure.stream())
                    .filter(failure -> ((ProblemException) failure).problem() == problem)
                    .count();
        }
    }

    @Test
    void eachLifeCostsOneCallAndNobodyIsStuck() {
        playSome(false);
    }

    @Test
    void renewalsAreOneAtATimeAndNobodyIsStuck() {
        playSome(true);
    }

    private void playSome(boolean renews) {
        for (int i = 0; i < Randomly.rounds(5); i++) {
            Randomly.check(random -> {
                Play play = new Play(random, renews);
                play.run();
                play.assertNothingIsLeft();
            });
        }
    }

    /** A play in which nothing of it happened would prove nothing. */
    @Test
    void thePlayHasEverythingInIt() {
        Play play = new Play(new Random(5), false);
        play.run();

        assertThat(play.askers).anyMatch(asker -> asker.gaveUp).anyMatch(asker -> asker.token.isPresent());
        assertThat(play.count(Problem.SUBJECT_REJECTED)).isPositive();
        assertThat(play.count(Problem.AUTHORIZATION_SERVER_UNAVAILABLE)).isPositive();
        assertThat(play.models).anyMatch(model -> model.lives > 2);
        int calls = play.models.stream().mapToInt(model -> model.started).sum();
        assertThat(play.askers.size()).as("askers for %s calls", calls).isGreaterThan(4 * calls);
    }

    @Test
    void theSameSeedPlaysTheSame() {
        Play one = new Play(new Random(7), true);
        Play other = new Play(new Random(7), true);
        one.run();
        other.run();

        assertThat(other.askers.stream().map(asker -> asker.token))
                .containsExactlyElementsOf(
                        one.askers.stream().map(asker -> asker.token).toList());
    }
}
