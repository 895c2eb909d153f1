package dev.procura.gateway.cache;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.CacheBounds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Remembers tokens, bounded in number, bytes and time, and makes one call for all who ask for the same at once.
 *
 * <p>The call belongs to nobody: a caller that gives up does not end it for the others. A failure is told to everyone who
 * waited for it, and is not remembered.
 */
public final class CachingTokenSource implements TokenSource {

    private final TokenSource delegate;
    private final EntryLife life;
    private final Clock clock;
    private final AsyncCache<CacheKey, Outcome> outcomes;

    /** What came of a call. */
    private sealed interface Outcome {

        Instant usableUntil();

        record Issued(AccessToken token, Instant usableUntil) implements Outcome {}

        record Failed(Throwable failure, Instant usableUntil) implements Outcome {}
    }

    public CachingTokenSource(TokenSource delegate, CacheProperties properties, Clock clock) {
        this.delegate = delegate;
        this.life = new EntryLife(properties.maxLife(), properties.safetyMargin());
        this.clock = clock;
        CacheBounds bounds = properties.bounds();
        this.outcomes = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((CacheKey key, Outcome outcome) -> bounds.weigh(bytes(outcome)))
                .expireAfter(Expiry.creating((CacheKey key, Outcome outcome) -> remaining(outcome)))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .buildAsync();
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        CacheKey key = CacheKey.of(grant);
        CompletableFuture<Outcome> known = outcomes.getIfPresent(key);
        if (known != null
                && known.isDone()
                && known.join() instanceof Outcome.Issued issued
                && clock.instant().isBefore(issued.usableUntil())) {
            return Mono.just(issued.token());
        }
        return Mono.defer(() -> Mono.fromFuture(ask(key, grant), true)).flatMap(CachingTokenSource::toMono);
    }

    /** The call under way for this key, or a new one. */
    private CompletableFuture<Outcome> ask(CacheKey key, Grant grant) {
        CompletableFuture<Outcome> mine = new CompletableFuture<>();
        CompletableFuture<Outcome> underWay = outcomes.asMap().putIfAbsent(key, mine);
        if (underWay != null) {
            return underWay;
        }
        // Completed with a value in any case: nobody waits for ever.
        CompletableFuture<@Nullable Outcome> unused = Mono.defer(() -> delegate.token(grant))
                .<Outcome>map(token -> issued(grant, token))
                .onErrorResume(failure -> Mono.just(failed(failure)))
                .defaultIfEmpty(failed(new IllegalStateException("a token source gave no answer")))
                .toFuture()
                .whenComplete((outcome, impossible) -> mine.complete(outcome));
        return mine;
    }

    private Outcome issued(Grant grant, AccessToken token) {
        Instant now = clock.instant();
        return new Outcome.Issued(token, life.end(grant, token, now));
    }

    private Outcome failed(Throwable failure) {
        return new Outcome.Failed(failure, clock.instant());
    }

    private static Mono<AccessToken> toMono(Outcome outcome) {
        return outcome instanceof Outcome.Issued issued
                ? Mono.just(issued.token())
                : Mono.error(((Outcome.Failed) outcome).failure());
    }

    private Duration remaining(Outcome outcome) {
        Duration left = Duration.between(clock.instant(), outcome.usableUntil());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The token, and about what its key and the bookkeeping take. */
    private static long bytes(Outcome outcome) {
        return outcome instanceof Outcome.Issued issued
                ? 500L + issued.token().value().length()
                : 200L;
    }

    @Override
    public String toString() {
        return "caching(" + delegate + ")";
    }
}
