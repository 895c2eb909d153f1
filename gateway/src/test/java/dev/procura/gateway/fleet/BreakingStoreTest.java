package dev.procura.gateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.MutableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** By a clock that the test sets, against a store that does as it is told. */
@ExtendWith(OutputCaptureExtension.class)
final class BreakingStoreTest {

    private static final Instant NOW = Instant.parse("2027-03-01T10:00:00Z");
    private static final Duration DEADLINE = Duration.ofMillis(100);

    private static final Supplier<Mono<byte[]>> ANSWERS = () -> Mono.just(new byte[] {1});
    private static final Supplier<Mono<byte[]>> SAYS_NOTHING = Mono::never;
    private static final Supplier<Mono<byte[]>> IS_GONE =
            () -> Mono.error(new SharedStore.OutOfReach("ConnectException"));
    private static final Supplier<Mono<byte[]>> REFUSES = () -> Mono.error(new Refused("NOPERM"));

    private final MutableClock clock = MutableClock.at(NOW);
    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger redials = new AtomicInteger();
    private final Sinks.Many<byte[]> told = Sinks.many().multicast().directBestEffort();
    private Supplier<Mono<byte[]>> behaviour = ANSWERS;

    private final BreakingStore store =
            new BreakingStore("tests", new Told(), redials::incrementAndGet, DEADLINE, timer, meters, clock);

    @AfterEach
    void stop() {
        timer.dispose();
    }

    @Test
    void passesOnWhatTheStoreAnswers() {
        assertThat(outcome(ask())).isEqualTo("answered");
        assertThat(store.standing().reachable()).isTrue();
        assertThat(count("get", "ok")).isEqualTo(1);
    }

    @Test
    void isNotCalledReachableBeforeItHasAnswered() {
        assertThat(store.standing().reachable()).isFalse();
        assertThat(store.standing().lastFault()).contains("not asked yet");
    }

    @Test
    void aCommandWithoutAnAnswerEndsAtItsDeadline() {
        behaviour = SAYS_NOTHING;
        CompletableFuture<byte[]> answer = ask();

        pass(DEADLINE.minusMillis(1));
        assertThat(answer).isNotDone();

        pass(Duration.ofMillis(1));
        assertThat(outcome(answer)).isEqualTo("no answer in time");
        assertThat(count("get", "late")).isEqualTo(1);
    }

    @Test
    void afterTheFirstMissNobodyWaits() {
        behaviour = SAYS_NOTHING;
        ask();
        pass(DEADLINE);

        for (int i = 0; i < 1000; i++) {
            assertThat(outcome(ask())).startsWith("not asked");
        }

        assertThat(asked).hasValue(1);
        assertThat(count("get", "skipped")).isEqualTo(1000);
    }

    @Test
    void aStoreThatIsGoneIsNotedAtOnce() {
        behaviour = IS_GONE;

        assertThat(outcome(ask())).isEqualTo("ConnectException");
        assertThat(outcome(ask())).startsWith("not asked");
        assertThat(store.standing().lastFault()).contains("ConnectException");
    }

    @Test
    void oneAtATimeTriesAndTheOthersDoNotWait() {
        lose();
        behaviour = SAYS_NOTHING;
        pass(Reach.FIRST_PAUSE);
        int before = asked.get();

        CompletableFuture<byte[]> trying = ask();

        assertThat(trying).isNotDone();
        for (int i = 0; i < 100; i++) {
            assertThat(outcome(ask())).startsWith("not asked");
        }
        assertThat(asked).hasValue(before + 1);
    }

    @Test
    void anAnswerToATryEndsIt() {
        lose();
        behaviour = ANSWERS;

        pass(Reach.FIRST_PAUSE.minusMillis(1));
        assertThat(outcome(ask())).startsWith("not asked");

        pass(Duration.ofMillis(1));
        assertThat(outcome(ask())).isEqualTo("answered");
        assertThat(outcome(ask())).isEqualTo("answered");
        assertThat(store.standing().reachable()).isTrue();
        assertThat(store.standing().lastAway()).contains(Reach.FIRST_PAUSE);
    }

    /** What all callers together lose in a minute: each try costs one of them one deadline. */
    @Test
    void aStoreThatStaysGoneIsAskedEveryFiveSeconds() {
        behaviour = IS_GONE;

        for (int i = 0; i < 600; i++) {
            ask();
            pass(Duration.ofMillis(100));
        }

        // At 0, 1, 3, 7 and then every 5 seconds.
        assertThat(asked).hasValue(4 + (60 - 7) / 5);
    }

    @Test
    void afterItHasComeBackThePausesAreShortAgain() {
        lose();
        for (int i = 0; i < 20; i++) {
            pass(Reach.LONGEST_PAUSE);
            ask();
        }
        behaviour = ANSWERS;
        pass(Reach.LONGEST_PAUSE);
        assertThat(outcome(ask())).isEqualTo("answered");

        lose();
        behaviour = ANSWERS;
        pass(Reach.FIRST_PAUSE);

        assertThat(outcome(ask())).isEqualTo("answered");
    }

    /** It was sent before the store was lost, and says nothing about now. */
    @Test
    void aLateAnswerOfBeforeDoesNotEndIt() {
        Sinks.One<byte[]> slow = Sinks.one();
        behaviour = slow::asMono;
        CompletableFuture<byte[]> before = ask();
        lose();

        slow.tryEmitValue(new byte[] {1});

        assertThat(outcome(before)).isEqualTo("answered");
        assertThat(outcome(ask())).startsWith("not asked");
    }

    @Test
    void aTryThatItsCallerGivesUpLetsAnotherTry() {
        lose();
        behaviour = SAYS_NOTHING;
        pass(Reach.FIRST_PAUSE);
        Disposable trying = store.get("a").subscribe();
        trying.dispose();
        behaviour = ANSWERS;

        assertThat(outcome(ask())).isEqualTo("answered");
    }

    /** Whoever may write to the store could otherwise cut the replicas off from each other. */
    @Test
    void aRefusalIsAnAnswer() {
        behaviour = REFUSES;

        for (int i = 0; i < 10; i++) {
            assertThat(outcome(ask())).isEqualTo("NOPERM");
            assertThat(ask().handle((value, failure) -> failure).join()).isInstanceOf(Refused.class);
        }

        assertThat(asked).hasValue(20);
        assertThat(store.standing().reachable()).isTrue();
        assertThat(count("get", "refused")).isEqualTo(20);
    }

    @Test
    void whatIsThrownAtOnceIsAFaultLikeAnother() {
        behaviour = () -> {
            throw new IllegalStateException("secret");
        };

        assertThat(outcome(ask())).isEqualTo("IllegalStateException");
        assertThat(outcome(ask())).startsWith("not asked");
    }

    @Test
    void aConnectionThatSaysNothingForLongIsMadeAnew() {
        behaviour = SAYS_NOTHING;
        for (int tries = 0; tries <= Reach.SILENT_TRIES; tries++) {
            assertThat(redials).hasValue(0);
            ask();
            pass(DEADLINE);
            pass(Reach.LONGEST_PAUSE);
        }

        assertThat(redials).hasValue(1);
    }

    @Test
    void oneThatIsRefusedIsLeftToTheClient() {
        behaviour = IS_GONE;
        for (int tries = 0; tries < 20; tries++) {
            ask();
            pass(Reach.LONGEST_PAUSE);
        }

        assertThat(redials).hasValue(0);
    }

    @Test
    void hearingEndsWhenTheStoreIsLost() {
        CompletableFuture<List<byte[]>> heard =
                store.hear("topic").collectList().toFuture();
        told.tryEmitNext(new byte[] {1});
        assertThat(heard).isNotDone();

        lose();

        assertThat(outcome(heard)).isEqualTo("it was lost");
        assertThat(told.currentSubscriberCount()).isZero();
    }

    @Test
    void whoOnlyHearsFindsItAgain() {
        lose();
        assertThat(outcome(store.hear("topic").collectList().toFuture())).startsWith("not asked");
        behaviour = ANSWERS;
        pass(Reach.FIRST_PAUSE);

        assertThat(store.hear("topic").collectList().toFuture()).isNotDone();
        assertThat(told.currentSubscriberCount()).isEqualTo(1);
    }

    @Test
    void aLookIsNeverAnError() {
        behaviour = IS_GONE;

        assertThat(store.look().toFuture()).isCompleted();
        assertThat(store.standing().reachable()).isFalse();
    }

    @Test
    void theLogSaysOnceThatItIsLostAndOnceThatItIsBack(CapturedOutput output) {
        ask();
        lose();
        for (int i = 0; i < 100; i++) {
            ask();
            pass(Duration.ofMillis(100));
        }
        behaviour = ANSWERS;
        pass(Reach.LONGEST_PAUSE);
        ask();
        ask();

        assertThat(output.getAll())
                .containsOnlyOnce("the shared store is out of reach for tests (ConnectException)")
                .containsOnlyOnce("the shared store is reached for tests, after 15 s out of reach")
                .doesNotContain("\tat ");
    }

    @Test
    void theLogSaysOnceAMinuteWhatIsRefused(CapturedOutput output) {
        behaviour = REFUSES;
        for (int i = 0; i < 100; i++) {
            ask();
        }

        assertThat(output.getAll()).containsOnlyOnce("the shared store answers get with NOPERM");
    }

    @Test
    void everyCommandHasTheDeadline() {
        List<Supplier<Mono<?>>> commands = List.of(
                () -> store.get("a"),
                () -> store.put("a", new byte[0], DEADLINE),
                () -> store.lease("a", new byte[0], DEADLINE),
                () -> store.release("a", new byte[0]),
                () -> store.enlist("a", new byte[0], NOW),
                () -> store.enlisted("a", NOW, 1),
                () -> store.number("a"),
                () -> store.increase("a", 0),
                () -> store.tell("a", new byte[0]));
        behaviour = SAYS_NOTHING;
        for (Supplier<Mono<?>> command : commands) {
            pass(Reach.LONGEST_PAUSE);
            CompletableFuture<?> answer = command.get().toFuture();
            pass(DEADLINE);

            assertThat(outcome(answer)).isEqualTo("no answer in time");
        }
        assertThat(asked).hasValue(commands.size());
    }

    private CompletableFuture<byte[]> ask() {
        return store.get("a").toFuture();
    }

    private void lose() {
        behaviour = IS_GONE;
        ask();
    }

    private void pass(Duration time) {
        clock.advance(time);
        timer.advanceTimeBy(time);
    }

    private double count(String operation, String outcome) {
        return meters.get(BreakingStore.COMMANDS)
                .tags("operation", operation, "outcome", outcome)
                .timer()
                .count();
    }

    private static String outcome(CompletableFuture<?> answer) {
        assertThat(answer).isDone();
        try {
            answer.join();
            return "answered";
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOfAny(SharedStore.OutOfReach.class, Refused.class);
            return e.getCause().getMessage();
        }
    }

    private final class Told implements SharedStore {

        private Mono<byte[]> answer() {
            asked.incrementAndGet();
            return behaviour.get();
        }

        @Override
        public Mono<byte[]> get(String name) {
            return answer();
        }

        @Override
        public Mono<Void> put(String name, byte[] value, Duration life) {
            return answer().then();
        }

        @Override
        public Mono<Boolean> lease(String name, byte[] holder, Duration life) {
            return answer().thenReturn(true);
        }

        @Override
        public Mono<Void> release(String name, byte[] holder) {
            return answer().then();
        }

        @Override
        public Mono<Void> enlist(String set, byte[] member, Instant until) {
            return answer().then();
        }

        @Override
        public Mono<Members> enlisted(String set, Instant now, int limit) {
            return answer().map(member -> new Members(List.of(member), false));
        }

        @Override
        public Mono<Long> number(String name) {
            return answer().thenReturn(1L);
        }

        @Override
        public Mono<Long> increase(String name, long atLeast) {
            return answer().thenReturn(1L);
        }

        @Override
        public Mono<Void> tell(String topic, byte[] message) {
            return answer().then();
        }

        @Override
        public Flux<byte[]> hear(String topic) {
            return told.asFlux();
        }
    }
}
