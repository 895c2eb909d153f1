package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.HeldTokenSource;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/** The cache stays as small as it is told to, whatever is asked. */
class CacheBoundsTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final MutableClock clock = MutableClock.at(NOW);

    private CachingTokenSource caching(FakeTokenSource source, long entries, DataSize bytes) {
        return new CachingTokenSource(
                source,
                CacheExample.of(entries, bytes, Duration.ofHours(1), Duration.ofSeconds(10), Duration.ofSeconds(30)),
                CacheExample.alone(clock));
    }

    private static FakeTokenSource giving(int tokenLength) {
        AccessToken token = FakeTokenSource.token("t".repeat(tokenLength), NOW.plusSeconds(300));
        return FakeTokenSource.giving(token);
    }

    private static Grant grant(int user) {
        return GrantExample.of(CallerExample.user("user-" + user)).onBehalfOf();
    }

    /** Asks for each; then counts those that are answered when the server answers no more. */
    private static long remembered(CachingTokenSource cache, FakeTokenSource server, int users) {
        IntStream.range(0, users).forEach(user -> cache.token(grant(user)).block(SOON));
        // Eviction is the common pool's work.
        assertThat(ForkJoinPool.commonPool().awaitQuiescence(10, TimeUnit.SECONDS))
                .isTrue();
        server.nowFails(new IllegalStateException("forgotten"));
        return IntStream.range(0, users)
                .filter(user -> cache.token(grant(user))
                        .map(token -> true)
                        .onErrorReturn(false)
                        .blockOptional(SOON)
                        .orElseThrow())
                .count();
    }

    @Test
    void remembersNoMoreEntriesThanItMay() {
        FakeTokenSource server = giving(100);
        CachingTokenSource cache = caching(server, 100, DataSize.ofMegabytes(10));

        assertThat(remembered(cache, server, 5000)).isBetween(50L, 100L);
    }

    @Test
    void remembersNoMoreBytesThanItMay() {
        FakeTokenSource server = giving(TokenValue.MAX_LENGTH);
        CachingTokenSource cache = caching(server, 100_000, DataSize.ofMegabytes(1));

        assertThat(remembered(cache, server, 1000)).isBetween(30L, 64L);
    }

    @Test
    void remembersNearlyAllThatItHasRoomFor() {
        FakeTokenSource server = giving(1000);
        CachingTokenSource cache = caching(server, 1000, DataSize.ofMegabytes(10));

        assertThat(remembered(cache, server, 1000)).isBetween(990L, 1000L);
    }

    @Test
    void remembersOneWhereItMayRememberOne() {
        FakeTokenSource server = giving(100);
        CachingTokenSource cache = caching(server, 1, DataSize.ofMegabytes(1));

        assertThat(remembered(cache, server, 100)).isLessThanOrEqualTo(1);
    }

    @Test
    void failuresTakeNoRoom() {
        FakeTokenSource server = giving(100);
        CachingTokenSource cache = caching(server, 10, DataSize.ofMegabytes(1));
        cache.token(grant(0)).block(SOON);
        server.nowFails(new IllegalStateException("down"));
        IntStream.range(1, 2000)
                .forEach(user -> cache.token(grant(user))
                        .onErrorResume(failure -> Mono.empty())
                        .block(SOON));
        assertThat(ForkJoinPool.commonPool().awaitQuiescence(10, TimeUnit.SECONDS))
                .isTrue();

        assertThat(cache.token(grant(0)).block(SOON)).isNotNull();
    }

    @Test
    void tokensThatMayNotBeUsedAgainTakeNoRoom() {
        FakeTokenSource server = giving(100);
        CachingTokenSource cache = caching(server, 10, DataSize.ofMegabytes(1));
        cache.token(grant(0)).block(SOON);
        server.nowGives(FakeTokenSource.tokenOfUnknownEnd("once"));
        IntStream.range(1, 2000).forEach(user -> cache.token(grant(user)).block(SOON));
        assertThat(ForkJoinPool.commonPool().awaitQuiescence(10, TimeUnit.SECONDS))
                .isTrue();

        assertThat(cache.token(grant(0)).map(AccessToken::expiresAt).block(SOON))
                .isPresent();
    }

    @Test
    void aCallUnderWayIsNotEvictedByOthers() {
        HeldTokenSource held = new HeldTokenSource();
        FakeTokenSource server = giving(100);
        CachingTokenSource cache = new CachingTokenSource(
                grant -> grant.equals(grant(0)) ? held.token(grant) : server.token(grant),
                CacheExample.of(
                        10,
                        DataSize.ofMegabytes(1),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)),
                CacheExample.alone(clock));
        var first = cache.token(grant(0)).toFuture();

        IntStream.range(1, 2000).forEach(user -> cache.token(grant(user)).block(SOON));
        var second = cache.token(grant(0)).toFuture();

        assertThat(held.calls()).hasSize(1);
        held.call(0).give(FakeTokenSource.token("slow", NOW.plusSeconds(300)));
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }
}
