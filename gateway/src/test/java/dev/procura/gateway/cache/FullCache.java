package dev.procura.gateway.cache;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/**
 * A process of its own, with a small heap, that fills a cache and says what that took: {@code subjects tokenLength} are its
 * arguments, one line of numbers its answer.
 */
final class FullCache {

    /** As a user's sign-in looks: what is kept of a caller beside the token. */
    private static CallerExample caller(int number) {
        String name = "c0ffee00-0000-4000-8000-%012d".formatted(number);
        return CallerExample.user(name)
                .identity(Map.of("sub", name))
                .claim("sid", "5e551000-0000-4000-8000-%012d".formatted(number))
                .claim("iat", Instant.now().getEpochSecond())
                .token("subject-token-of-" + name)
                .expiresAt(Instant.now().plusSeconds(100_000));
    }

    private static TokenSource issuing(int tokenLength) {
        return grant -> {
            String subject = grant.inNameOf().orElseThrow().subject().token().reveal();
            String text = subject + "x".repeat(tokenLength - subject.length());
            return Mono.just(new AccessToken(
                    TokenValue.of(text), Optional.of(Instant.now().plusSeconds(3_600)), Optional.empty()));
        };
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    public static void main(String[] arguments) {
        int subjects = Integer.parseInt(arguments[0]);
        int tokenLength = Integer.parseInt(arguments[1]);
        CachingTokenSource cache = new CachingTokenSource(
                issuing(tokenLength),
                CacheExample.of(
                        100_000,
                        DataSize.ofMegabytes(256),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)),
                CacheExample.alone(Clock.systemUTC()));
        long before = usedHeap();
        for (int number = 0; number < subjects; number++) {
            Grant grant = GrantExample.of(caller(number)).onBehalfOf();
            if (cache.token(grant).block() == null) {
                throw new IllegalStateException("no token");
            }
        }
        long bytes = usedHeap() - before;
        // After the measurement: what nobody asks any more is no part of the heap.
        long entries = cache.entries();
        System.out.println(entries + " " + bytes + " " + bytes / entries);
    }
}
