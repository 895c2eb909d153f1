package dev.procura.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.RefusedTokens;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.inbound.SharedCalls;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.TokenValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Remembers tokens, bounded in number, bytes and time, and makes one call for all who ask for the same at once.
 *
 * <p>The call belongs to nobody: a caller that gives up does not end it for the others. What came of it is told to everyone
 * who waited; only a token that may be used again is remembered.
 *
 * <p>A token that a tier refuses is forgotten, at most one for each key in {@link #FORGET_PAUSE}: so a tier that takes
 * nothing costs one call in that time, however often it is asked. Not checked: whether the tier was right.
 */
public final class CachingTokenSource implements TokenSource, RefusedTokens {

    /** How long after a refused token the next one of the same key is believed to be no better. */
    static final Duration FORGET_PAUSE = Duration.ofSeconds(10);

    private final TokenSource delegate;
    private final EntryLife life;
    private final Clock clock;
    private final SubjectChoice subjects;
    private final Cache<CacheKey, Kept> entries;
    private final Cache<CacheKey, Renewal> renewals;

    private final SharedCalls<CacheKey, AccessToken> calls = new SharedCalls<>(() -> ProblemException.of(
            Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "a call to the authorization server got lost"));

    /**
     * Both ends of a token.
     *
     * @param usableUntil until then it is handed out
     * @param validUntil until then it is handed out when the authorization server has no other
     */
    private record Kept(AccessToken token, Instant usableUntil, Instant validUntil) {

        /** The token, and about what its key and the bookkeeping take. */
        long bytes() {
            return 500L + token.value().length();
        }
    }

    /**
     * A token was forgotten because a tier refused it.
     *
     * @param until until then no other of this key is forgotten
     * @param outcome what came of asking for another one; asks once, when the first of those who were refused wants it
     */
    private record Renewal(TokenValue refused, Instant until, Mono<AccessToken> outcome) {

        /** Both tokens, and about what the key, the grant and the bookkeeping take. */
        long bytes() {
            return 2_000L + 2L * refused.length();
        }
    }

    /**
     * What the cache stands among.
     *
     * @param subjects what stands for a caller in the key
     * @param shared what the other replicas know
     * @param random between 0 and 1: spreads what would happen everywhere at once
     */
    public record Surroundings(
            SubjectChoice subjects,
            SharedCredentials shared,
            Revocations revocations,
            DoubleSupplier random,
            Clock clock) {}

    public CachingTokenSource(TokenSource delegate, CacheProperties properties, Surroundings surroundings) {
        this.delegate = delegate;
        this.subjects = surroundings.subjects();
        this.life = new EntryLife(properties.maxLife(), properties.safetyMargin());
        this.clock = surroundings.clock();
        CacheBounds bounds = properties.bounds();
        this.entries = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((CacheKey key, Kept entry) -> bounds.weigh(entry.bytes()))
                .expireAfter(Expiry.writing(
                        (CacheKey key, Kept entry) -> Duration.between(clock.instant(), entry.validUntil())))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
        this.renewals = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((CacheKey key, Renewal renewal) -> bounds.weigh(renewal.bytes()))
                .expireAfterWrite(FORGET_PAUSE)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        CacheKey key = CacheKey.of(grant, subjects);
        AccessToken known = remembered(key);
        return known != null
                ? Mono.just(known)
                : Mono.defer(() -> calls.get(key, () -> remembered(key), () -> ask(key, grant)));
    }

    @Override
    public Optional<Mono<AccessToken>> forget(Grant grant, TokenValue refused) {
        CacheKey key = CacheKey.of(grant, subjects);
        Instant now = clock.instant();
        Renewal mine = new Renewal(refused, now.plus(FORGET_PAUSE), renew(key, grant, refused));
        Renewal current =
                renewals.asMap().compute(key, (any, last) -> last != null && now.isBefore(last.until()) ? last : mine);
        if (current.equals(mine)) {
            // Only now: a server that gives the same token again would else be asked without end.
            entries.asMap()
                    .computeIfPresent(key, (any, entry) -> entry.token().value().equals(refused) ? null : entry);
        }
        AccessToken other = rememberedOther(key, refused);
        if (other != null) {
            return Optional.of(Mono.just(other));
        }
        return current.refused().equals(refused)
                ? Optional.of(current.outcome().filter(token -> !token.isExpired(clock.instant())))
                : Optional.empty();
    }

    /** One call at most, and its outcome for everybody who was refused with the same token. */
    private Mono<AccessToken> renew(CacheKey key, Grant grant, TokenValue refused) {
        return Mono.defer(() -> calls.get(key, () -> rememberedOther(key, refused), () -> ask(key, grant)))
                .filter(token -> !token.value().equals(refused))
                .cache();
    }

    private @Nullable AccessToken rememberedOther(CacheKey key, TokenValue refused) {
        AccessToken known = remembered(key);
        return known != null && !known.value().equals(refused) ? known : null;
    }

    private @Nullable AccessToken remembered(CacheKey key) {
        Kept entry = entries.getIfPresent(key);
        return entry != null && clock.instant().isBefore(entry.usableUntil()) ? entry.token() : null;
    }

    /** While the server cannot answer, what is still valid is served. */
    private Mono<AccessToken> stillValid(CacheKey key, ProblemException failure) {
        Kept entry = entries.getIfPresent(key);
        if (entry != null
                && failure.problem() == Problem.AUTHORIZATION_SERVER_UNAVAILABLE
                && clock.instant().isBefore(entry.validUntil())) {
            return Mono.just(entry.token());
        }
        if (failure.problem() != Problem.AUTHORIZATION_SERVER_UNAVAILABLE) {
            // The server has spoken: what it gave before does not count any more.
            entries.invalidate(key);
        }
        return Mono.error(failure);
    }

    private Mono<AccessToken> ask(CacheKey key, Grant grant) {
        return delegate.token(grant)
                .doOnNext(token -> remember(key, grant, token))
                .onErrorResume(ProblemException.class, failure -> stillValid(key, failure));
    }

    private void remember(CacheKey key, Grant grant, AccessToken token) {
        Instant now = clock.instant();
        Instant end = life.end(grant, token, now);
        if (now.isBefore(end)) {
            entries.put(key, new Kept(token, end, life.latest(grant, token, now)));
        }
    }

    @Override
    public String toString() {
        return "caching(" + delegate + ")";
    }
}
