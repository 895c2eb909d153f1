package dev.procura.gateway.credential;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.inbound.Identity;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What tiers have said a user's token has to hold (Entra's claims challenge). The challenge itself goes to the caller, whose
 * client alone can satisfy it; when he comes back, the next token for this tier is asked for with the same claims, which
 * otherwise would not get into it. Kept in this replica, bounded in number and time.
 */
public final class AskedClaims {

    /** Longer than a user needs to sign in again; a token asked for with claims that it has anyway does no harm. */
    static final Duration LIFE = Duration.ofHours(1);

    private static final int MAX_ENTRIES = 10_000;

    private record Key(Client client, Target target, Identity user) {}

    private final Cache<Key, ClaimsRequest> byUser;

    public AskedClaims(Clock clock) {
        this.byUser = Caffeine.newBuilder()
                .maximumSize(MAX_ENTRIES)
                .expireAfterWrite(LIFE)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    /** Told by the tier that took a token of this grant. Of servers that take no such request, nothing is kept. */
    void told(Grant.OnBehalfOf grant, ClaimsRequest claims) {
        if (grant.client().traits().takesClaimsRequest()) {
            byUser.put(new Key(grant.client(), grant.target(), grant.subject().identity()), claims);
        }
    }

    Optional<ClaimsRequest> of(Client client, Target target, Identity user) {
        return client.traits().takesClaimsRequest()
                ? Optional.ofNullable(byUser.getIfPresent(new Key(client, target, user)))
                : Optional.empty();
    }
}
