package dev.procura.gateway.fleet;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * A store that costs next to nothing when it is gone: every command has a deadline, the first that misses it (or finds no
 * connection) has all others fail at once, and then one at a time tries. It comes back by itself, as long as somebody asks.
 *
 * <p>Everything it signals is {@link SharedStore.OutOfReach} or {@link Refused}, which is an answer. What is heard ends when the store is lost.
 */
public final class BreakingStore implements SharedStore {

    public static final Duration DEADLINE = Duration.ofMillis(250);

    /** A timer of every command, by what it does and what came of it. */
    public static final String COMMANDS = "procura.fleet.commands";

    private static final Logger log = LoggerFactory.getLogger(BreakingStore.class);

    /** A name that nothing has: to ask for it tells whether the store answers. */
    private static final String NOTHING = "nothing";

    private static final Duration PAUSE_OF_WARNINGS = Duration.ofMinutes(1);

    /**
     * What the store is doing, for an operator.
     *
     * @param reachable whether commands are sent
     * @param since when that began
     * @param lastFault the reason of the last command without an answer
     * @param lastAway how long it was out of reach the last time
     */
    public record Standing(boolean reachable, Instant since, Optional<String> lastFault, Optional<Duration> lastAway) {}

    private final String use;
    private final SharedStore delegate;
    private final Runnable redial;
    private final Duration deadline;
    private final Scheduler timer;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Reach reach;
    private final Sinks.Many<Object> losses = Sinks.many().multicast().directBestEffort();
    private volatile Instant nextWarning = Instant.MIN;

    /**
     * @param use what it is asked for, for the log
     * @param redial has the delegate make a new connection
     * @param deadline for each command
     * @param timer measures the deadline
     */
    public BreakingStore(
            String use,
            SharedStore delegate,
            Runnable redial,
            Duration deadline,
            Scheduler timer,
            MeterRegistry meters,
            Clock clock) {
        this.use = use;
        this.delegate = delegate;
        this.redial = redial;
        this.deadline = deadline;
        this.timer = timer;
        this.meters = meters;
        this.clock = clock;
        this.reach = new Reach(clock.instant());
    }

    public Standing standing() {
        Reach.State state = reach.state();
        return new Standing(
                state.reachable() && state.asked(),
                state.since(),
                state.asked() ? state.fault() : Optional.of("not asked yet"),
                state.lastAway());
    }

    /** Asks without a deadline first: to connect, and to run for the first time, takes longer than a command may. */
    public Mono<Void> warmUp() {
        return Mono.defer(() -> delegate.get(NOTHING)).onErrorComplete().then(look());
    }

    /** Finds out whether the store answers. Never an error. */
    public Mono<Void> look() {
        return get(NOTHING).onErrorComplete().then();
    }

    @Override
    public Mono<byte[]> get(String name) {
        return guarded("get", Mono.defer(() -> delegate.get(name)));
    }

    @Override
    public Mono<Void> put(String name, byte[] value, Duration life) {
        return guarded("put", Mono.defer(() -> delegate.put(name, value, life)));
    }

    @Override
    public Mono<Boolean> lease(String name, byte[] holder, Duration life) {
        return guarded("lease", Mono.defer(() -> delegate.lease(name, holder, life)));
    }

    @Override
    public Mono<Void> release(String name, byte[] holder) {
        return guarded("release", Mono.defer(() -> delegate.release(name, holder)));
    }

    @Override
    public Mono<Void> enlist(String set, byte[] member, Instant until) {
        return guarded("enlist", Mono.defer(() -> delegate.enlist(set, member, until)));
    }

    @Override
    public Mono<Members> enlisted(String set, Instant now, int limit) {
        return guarded("enlisted", Mono.defer(() -> delegate.enlisted(set, now, limit)));
    }

    @Override
    public Mono<Long> number(String name) {
        return guarded("number", Mono.defer(() -> delegate.number(name)));
    }

    @Override
    public Mono<Long> increase(String name, long atLeast) {
        return guarded("increase", Mono.defer(() -> delegate.increase(name, atLeast)));
    }

    @Override
    public Mono<Void> tell(String topic, byte[] message) {
        return guarded("tell", Mono.defer(() -> delegate.tell(topic, message)));
    }

    /** Asks first whether the store answers, so that whoever only hears finds it again, too. */
    @Override
    public Flux<byte[]> hear(String topic) {
        return get(NOTHING)
                .thenMany(Flux.defer(() -> delegate.hear(topic)))
                .takeUntilOther(losses.asFlux().next())
                .concatWith(Mono.error(() -> new OutOfReach("it was lost")))
                .onErrorMap(BreakingStore::outOfReach);
    }

    private <T> Mono<T> guarded(String operation, Mono<T> command) {
        return Mono.defer(() -> {
            Timer.Sample sample = Timer.start(meters);
            Optional<Reach.Pass> entered = reach.enter(clock.instant());
            if (entered.isEmpty()) {
                count(sample, operation, "skipped");
                return Mono.error(new OutOfReach("not asked: it was out of reach a moment ago"));
            }
            Reach.Pass pass = entered.get();
            return command.timeout(deadline, timer)
                    .doOnSuccess(answer -> {
                        count(sample, operation, "ok");
                        answered(pass);
                    })
                    .doOnError(failure -> failed(pass, operation, sample, failure))
                    .doOnCancel(() -> reach.left(pass))
                    .onErrorMap(BreakingStore::outOfReach);
        });
    }

    private void answered(Reach.Pass pass) {
        if (reach.answered(pass, clock.instant()) == Reach.News.REACHED) {
            log.info(
                    "the shared store is reached for {}{}",
                    use,
                    reach.state()
                            .lastAway()
                            .map(away -> ", after " + away.toSeconds() + " s out of reach")
                            .orElse(""));
        }
    }

    private void failed(Reach.Pass pass, String operation, Timer.Sample sample, Throwable failure) {
        if (failure instanceof Refused) {
            count(sample, operation, "refused");
            answered(pass);
            warnOfRefusal(operation, failure);
            return;
        }
        boolean silent = failure instanceof TimeoutException;
        count(sample, operation, silent ? "late" : "failed");
        Reach.News news = reach.failed(pass, reason(failure), silent, clock.instant());
        if (news == Reach.News.LOST) {
            losses.tryEmitNext(pass);
            log.warn(
                    "the shared store is out of reach for {} ({}): this replica goes by its own memory, and tries again"
                            + " every few seconds",
                    use,
                    reason(failure));
        } else if (news == Reach.News.SILENT) {
            redial.run();
        }
    }

    /** Two at once may both warn: no harm. */
    private void warnOfRefusal(String operation, Throwable refused) {
        Instant now = clock.instant();
        if (!now.isBefore(nextWarning)) {
            nextWarning = now.plus(PAUSE_OF_WARNINGS);
            log.warn("the shared store answers {} with {}", operation, refused.getMessage());
        }
    }

    private void count(Timer.Sample sample, String operation, String outcome) {
        sample.stop(meters.timer(COMMANDS, "operation", operation, "outcome", outcome));
    }

    private static String reason(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "no answer in time";
        }
        return failure instanceof OutOfReach || failure instanceof Refused
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getSimpleName();
    }

    private static Throwable outOfReach(Throwable failure) {
        return failure instanceof OutOfReach || failure instanceof Refused ? failure : new OutOfReach(reason(failure));
    }
}
