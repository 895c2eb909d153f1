package dev.procura.gateway.idp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.inbound.Identity;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Where a server has one answer for a bad subject token and for a bad client: one user who meets it has a bad token; a second
 * one, with nobody served in between, shows that it is about the client.
 */
final class Suspicions {

    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final int MAX_CLIENTS = 10_000;

    private final Cache<Client, Identity> first;

    Suspicions(Clock clock) {
        this.first = Caffeine.newBuilder()
                .maximumSize(MAX_CLIENTS)
                .expireAfterWrite(LIFE)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    /** Whether somebody else has met the same before. */
    boolean isShared(Client client, Identity user) {
        Identity known = first.asMap().putIfAbsent(client, user);
        return known != null && !known.equals(user);
    }

    /** Somebody was served: the client is a good one. */
    void clear(Client client) {
        first.invalidate(client);
    }
}
