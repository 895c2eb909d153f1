package dev.procura.gateway.fleet;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Does the same thing again and again, one at a time: after each period, and sooner when somebody asks for it. Whoever asks
 * while it is being done has it done once more. A round that fails ends nothing but itself, nor does one that never ends: a
 * thread that ran out of memory tells nobody.
 */
final class Rounds {

    /** Between two rounds, however many are asked for: who asks may be anybody who can reach the store. */
    static final Duration GAP = Duration.ofMillis(20);

    /** Of one round: it is made of commands that have a deadline each. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(Rounds.class);

    private final Duration period;
    private final Scheduler scheduler;
    private final Supplier<Mono<Void>> work;
    private final Duration longest;
    private final Sinks.Many<Boolean> asked = Sinks.many().multicast().directBestEffort();

    private @Nullable CompletableFuture<@Nullable Void> running;

    Rounds(Duration period, Scheduler scheduler, Supplier<Mono<Void>> work) {
        this(period, scheduler, work, LONGEST);
    }

    Rounds(Duration period, Scheduler scheduler, Supplier<Mono<Void>> work, Duration longest) {
        this.period = period;
        this.scheduler = scheduler;
        this.work = work;
        this.longest = longest;
    }

    synchronized void start() {
        if (running == null) {
            running = Flux.merge(Flux.interval(Duration.ZERO, period, scheduler).onBackpressureDrop(), asked.asFlux())
                    .onBackpressureLatest()
                    .concatMap(any -> round(), 1)
                    .then()
                    .toFuture();
        }
    }

    synchronized void stop() {
        if (running != null) {
            running.cancel(true);
            running = null;
        }
    }

    synchronized boolean isRunning() {
        return running != null;
    }

    /** As soon as possible. */
    void ask() {
        // Two at once: one of them is enough.
        asked.tryEmitNext(true);
    }

    private Mono<Void> round() {
        // On a stack of its own: an error of the machine passes through whatever called it, and would end the ticks.
        return Mono.defer(work)
                .subscribeOn(scheduler)
                .timeout(longest, scheduler)
                .onErrorResume(failure -> {
                    log.error("a round failed that should not; the next one is tried all the same", failure);
                    return Mono.empty();
                })
                .then(Mono.delay(GAP, scheduler))
                .then();
    }
}
