package dev.procura.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.procura.gateway.inbound.Provenance;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.TokenValue;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The credentials that this replica holds, bounded in number, bytes and time.
 *
 * <p>What a revocation names is forgotten, and does not come back: not from a call that was under way either.
 */
final class CredentialMemory {

    private final Revocations revocations;
    private final Cache<CacheKey, Kept> entries;

    CredentialMemory(CacheBounds bounds, Revocations revocations, Clock clock) {
        this.revocations = revocations;
        this.entries = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((CacheKey key, Kept kept) -> bounds.weigh(kept.bytes()))
                .expireAfter(Expiry.writing((CacheKey key, Kept kept) ->
                        Duration.between(clock.instant(), kept.entry().validUntil())))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    @Nullable
    Kept get(CacheKey key) {
        return entries.getIfPresent(key);
    }

    void put(CacheKey key, Kept kept) {
        entries.put(key, kept);
        if (revocations.revokes(kept.entry().origins(), kept.entry().obtainedAt())) {
            // Looked at after it was put: a revocation counts before it forgets, so one of the two finds the other.
            entries.asMap().remove(key, kept);
        }
    }

    /** Only what was obtained with tokens from there: others may stand for the same subject. */
    void remove(CacheKey key, List<Provenance> origins) {
        entries.asMap()
                .computeIfPresent(key, (any, kept) -> kept.entry().origins().equals(origins) ? null : kept);
    }

    /** Only this very token: one that has taken its place stays. */
    void remove(CacheKey key, TokenValue token) {
        entries.asMap()
                .computeIfPresent(
                        key, (any, kept) -> kept.entry().token().value().equals(token) ? null : kept);
    }

    void forget(Revocation revocation) {
        entries.asMap().values().removeIf(kept -> kept.entry().isNamedBy(revocation));
    }

    /** Those that have ended, and are still there, are counted. */
    long size() {
        return entries.estimatedSize();
    }

    void cleanUp() {
        entries.cleanUp();
    }
}
