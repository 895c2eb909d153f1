package dev.procura.gateway.inbound;

import dev.procura.gateway.problem.ProblemException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * One call for all who ask for the same at once.
 *
 * <p>The call belongs to nobody: a caller that gives up does not end it for the others. What came of it is told to everyone
 * who waited. A call leaves before its outcome is told, so that whoever asks next makes a new one.
 *
 * @param <K> what makes two questions the same one; as complete as the key of the cache in front
 */
public final class SharedCalls<K, V> {

    /** Longer than any configured time-out: ends only the wait for a call that got lost. */
    private static final Duration LOST = Duration.ofMinutes(2);

    private final Map<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();
    private final Supplier<ProblemException> lost;

    /** @param lost what callers are told when a call never ends */
    public SharedCalls(Supplier<ProblemException> lost) {
        this.lost = lost;
    }

    /**
     * The outcome of the call under way for this key, or of a new one.
     *
     * @param known what another call may have left behind since the caller looked
     */
    public Mono<V> get(K key, Supplier<? extends @Nullable V> known, Supplier<Mono<V>> call) {
        return Mono.fromFuture(join(key, known, call).handle(Outcome<V>::new), true)
                .flatMap(Outcome::told)
                .onErrorMap(TimeoutException.class, timeout -> lost.get());
    }

    /** A value in either case: a failure that nobody waits for any more would be logged as an error of ours. */
    private record Outcome<V>(@Nullable V value, @Nullable Throwable failure) {

        Mono<V> told() {
            return failure == null ? Mono.justOrEmpty(value) : Mono.error(failure);
        }
    }

    private CompletableFuture<V> join(K key, Supplier<? extends @Nullable V> known, Supplier<Mono<V>> call) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> others = underWay.putIfAbsent(key, mine);
        if (others != null) {
            return others;
        }
        V left;
        try {
            left = known.get();
        } catch (Throwable broken) {
            // Nobody would ever answer: the key must not stay taken.
            end(key, mine, null, broken);
            throw broken;
        }
        if (left != null) {
            end(key, mine, left, null);
        } else {
            start(key, mine, call);
        }
        return mine;
    }

    private void start(K key, CompletableFuture<V> mine, Supplier<Mono<V>> call) {
        CompletableFuture<V> unusedGuard = mine.orTimeout(LOST.toSeconds(), TimeUnit.SECONDS)
                .whenComplete((value, failure) -> underWay.remove(key, mine));
        try {
            CompletableFuture<@Nullable V> unusedCall = Mono.defer(call)
                    .single()
                    .toFuture()
                    .whenComplete((value, failure) -> end(key, mine, value, failure));
        } catch (Throwable fatal) {
            // What Reactor throws instead of signalling it; the key must not stay taken.
            end(key, mine, null, fatal);
            throw fatal;
        }
    }

    private void end(K key, CompletableFuture<V> mine, @Nullable V value, @Nullable Throwable failure) {
        underWay.remove(key, mine);
        if (value != null) {
            mine.complete(value);
        } else {
            mine.completeExceptionally(tellable(failure));
        }
    }

    /** Reactor would throw an error that it holds fatal at every waiter, instead of telling it. */
    private static Throwable tellable(@Nullable Throwable failure) {
        if (failure == null || Exceptions.isFatal(failure)) {
            return new IllegalStateException("a call to the authorization server failed", failure);
        }
        return failure;
    }
}
