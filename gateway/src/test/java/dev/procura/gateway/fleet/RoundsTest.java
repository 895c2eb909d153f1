package dev.procura.gateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

final class RoundsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Scheduler scheduler = Schedulers.newSingle("test-rounds", true);

    @AfterEach
    void stop() {
        scheduler.dispose();
    }

    /** What the first rounds do. */
    static Stream<Arguments> mishaps() {
        return Stream.of(
                mishap("an exception", () -> Mono.error(new IllegalStateException("a bug"))),
                mishap("an exception at once", () -> {
                    throw new IllegalStateException("a bug");
                }),
                mishap("no end", Mono::never),
                mishap("no memory", () -> {
                    throw new OutOfMemoryError("not really");
                }),
                mishap(
                        "no memory, later",
                        () -> Mono.delay(Duration.ofMillis(5)).map(any -> {
                            throw new OutOfMemoryError("not really");
                        })),
                mishap("no class", () -> {
                    throw new NoClassDefFoundError("not really");
                }));
    }

    private static Arguments mishap(String name, Supplier<Mono<?>> round) {
        return Arguments.of(name, round);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mishaps")
    void nothingThatARoundDoesEndsTheTicks(String name, Supplier<Mono<?>> mishap) {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        Rounds rounds = new Rounds(
                Duration.ofMillis(20),
                scheduler,
                () -> begun.incrementAndGet() <= 3 ? mishap.get().then() : Mono.fromRunnable(ended::incrementAndGet),
                Duration.ofMillis(100));

        rounds.start();

        await().atMost(PATIENCE).until(() -> ended.get() >= 3);
        assertThat(rounds.isRunning()).isTrue();
        rounds.stop();
    }
}
