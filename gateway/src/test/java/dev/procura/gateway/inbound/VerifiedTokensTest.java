package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.TokenValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A token is verified once; what is remembered of it never outlives the token, its key, or the keys' freshness. */
final class VerifiedTokensTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration REFRESH = Duration.ofMinutes(5);

    private final MutableClock clock = MutableClock.at(TestTokens.NOW);
    private final LoopbackServer server = serverWith(TestTokens.RSA);
    private final TokenValue token = TestTokens.ofAlice()
            .claim("exp", TestTokens.NOW.plus(Duration.ofDays(3)).getEpochSecond())
            .value();
    private Authenticator authenticator = authenticator();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void isVerifiedOnce() {
        Caller.Known first = caller(token);
        int lookups = server.asked().size();

        Caller.Known second = caller(TokenValue.of(token.reveal()));

        assertThat(second).isSameAs(first);
        assertThat(server.asked()).hasSize(lookups);
    }

    @Test
    void isToldFromEveryOtherToken() {
        Caller.Known alice = caller(token);
        Caller.Known bob = caller(TestTokens.ofAlice().claim("sub", "bob").value());

        assertThat(alice.identity().values()).isEqualTo(Map.of("sub", "alice"));
        assertThat(bob.identity().values()).isEqualTo(Map.of("sub", "bob"));
    }

    @Test
    void isRefusedFromItsEndOnAlthoughItIsRemembered() {
        TokenValue hour = TestTokens.ofAlice().value();
        caller(hour);

        clock.set(TestTokens.NOW.plusSeconds(3600 + 29));
        Caller.Known last = caller(hour);
        assertThat(last.identity().values()).isEqualTo(Map.of("sub", "alice"));
        clock.advance(Duration.ofMillis(999));
        assertThat(caller(hour)).isSameAs(last);

        clock.advance(Duration.ofMillis(1));
        expect(hour, Problem.TOKEN_EXPIRED);
    }

    @Test
    void isRefusedWhenItsKeyIsWithdrawnAlthoughItIsRemembered() {
        caller(token);
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.NEW_RSA));
        clock.advance(REFRESH);

        // Asks for the keys and waits for them, as an unknown key does.
        caller(TestTokens.ofAlice().signedBy(TestTokens.NEW_RSA).value());

        expect(token, Problem.KEY_UNKNOWN);
    }

    @Test
    void isRefusedWhenItsKeyIsExchangedUnderTheSameName() {
        caller(token);
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.OTHER_RSA, TestTokens.NEW_RSA));
        clock.advance(REFRESH);
        caller(TestTokens.ofAlice().signedBy(TestTokens.NEW_RSA).value());

        expect(token, Problem.SIGNATURE_INVALID);
    }

    @Test
    void isVerifiedAgainWhenAnotherKeyIsWithdrawn() {
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA, TestTokens.EC));
        authenticator = authenticator();
        Caller.Known before = caller(token);
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA, TestTokens.NEW_RSA));
        clock.advance(REFRESH);
        caller(TestTokens.ofAlice().signedBy(TestTokens.NEW_RSA).value());

        assertThat(caller(token)).isNotSameAs(before).isEqualTo(before);
    }

    @Test
    void staysRememberedWhenAKeyIsAdded() {
        Caller.Known before = caller(token);
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA, TestTokens.NEW_RSA));
        clock.advance(REFRESH);
        caller(TestTokens.ofAlice().signedBy(TestTokens.NEW_RSA).value());

        assertThat(caller(token)).isSameAs(before);
    }

    @Test
    void isServedFromTheLastKnownKeysForADayAndNotLonger() {
        Caller.Known before = caller(token);
        server.answer("/keys", 500, "");

        clock.set(TestTokens.NOW.plus(Duration.ofHours(24)).minusSeconds(1));
        assertThat(caller(token)).isEqualTo(before);

        clock.advance(Duration.ofSeconds(1));
        expect(token, Problem.KEYS_UNAVAILABLE);
    }

    @Test
    void isHeldAgainstFreshKeysWhenNobodyHasComeForTenMinutes() {
        caller(token);
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.NEW_RSA));

        clock.advance(Duration.ofMinutes(10));

        expect(token, Problem.KEY_UNKNOWN);
    }

    @Test
    void isServedAgainWhenTheKeysCanBeFetchedAgain() {
        caller(token);
        server.answer("/keys", 500, "");
        clock.advance(Duration.ofHours(24));
        expect(token, Problem.KEYS_UNAVAILABLE);

        server.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA));
        clock.advance(Duration.ofSeconds(10));

        assertThat(caller(token).identity().values()).isEqualTo(Map.of("sub", "alice"));
    }

    /** Its end is exp and the skew: until then it is remembered, and then it holds up no room. */
    @Test
    void isRememberedUntilItsEndAndTheSkewAndMakesRoomThen() {
        authenticator = authenticator(new CacheBounds(4, 1_000_000));
        TestTokens minute =
                TestTokens.ofAlice().claim("exp", TestTokens.NOW.plusSeconds(60).getEpochSecond());
        List<Caller.Known> old = rememberedFour(minute);
        for (int i = 0; i < 20; i++) {
            assertSameAs(old, rememberedFour(minute));
        }
        clock.set(TestTokens.NOW.plusSeconds(60 + 29));
        assertSameAs(old, rememberedFour(minute));

        clock.advance(Duration.ofSeconds(6));
        List<Caller.Known> next = rememberedFour(TestTokens.ofAlice());
        assertSameAs(next, rememberedFour(TestTokens.ofAlice()));
    }

    private List<Caller.Known> rememberedFour(TestTokens any) {
        List<Caller.Known> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(caller(any.claim("jti", String.valueOf(i)).value()));
            // The cache tidies up on this pool, a little behind.
            assertThat(ForkJoinPool.commonPool().awaitQuiescence(SOON.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        return four;
    }

    private static void assertSameAs(List<Caller.Known> before, List<Caller.Known> now) {
        for (int i = 0; i < before.size(); i++) {
            assertThat(now.get(i)).isSameAs(before.get(i));
        }
    }

    @Test
    void isNotRememberedWhenItIsRefused() {
        TokenValue early = TestTokens.ofAlice()
                .claim("nbf", TestTokens.NOW.plusSeconds(60).getEpochSecond())
                .value();
        expect(early, Problem.TOKEN_NOT_YET_VALID);

        clock.advance(Duration.ofSeconds(60));

        assertThat(caller(early).identity().values()).isEqualTo(Map.of("sub", "alice"));
    }

    private static LoopbackServer serverWith(JWK key) {
        LoopbackServer server = LoopbackServer.start();
        server.answer("/keys", 200, TestTokens.keySet(key));
        return server;
    }

    private Authenticator authenticator() {
        return authenticator(new CacheBounds(1000, 10_000_000));
    }

    private Authenticator authenticator(CacheBounds bounds) {
        IssuerProperties corp = TestIssuers.corp(server.origin() + "/keys", Map.of());
        return new Authenticator(
                Issuers.of(Map.of("corp", corp), IssuerSurroundings.at(clock)), new Revocations(clock), bounds, clock);
    }

    private Caller.Known caller(TokenValue value) {
        return authenticator.authenticate(value).blockOptional(SOON).orElseThrow();
    }

    private void expect(TokenValue value, Problem problem) {
        Mono<Caller.Known> caller = authenticator.authenticate(value);
        StepVerifier.create(caller)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                ProblemException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(problem)))
                .verify(SOON);
    }
}
