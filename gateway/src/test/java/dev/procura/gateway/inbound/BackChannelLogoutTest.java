package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a logout token ends has ended, whatever becomes of the request that brought it. */
final class BackChannelLogoutTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String TOKEN = new TestTokens(
                    Map.of("alg", "RS256", "typ", "logout+jwt", "kid", "k1"),
                    Map.of(
                            "iss",
                            TestTokens.ISSUER,
                            "aud",
                            "web-app",
                            "sub",
                            "alice",
                            "sid",
                            "s1",
                            "iat",
                            TestTokens.NOW.getEpochSecond(),
                            "exp",
                            TestTokens.NOW.getEpochSecond() + 120,
                            "jti",
                            "j1",
                            "events",
                            Map.of(LogoutTokens.EVENT, Map.of())),
                    TestTokens.RSA)
            .text();

    private final MutableClock clock = MutableClock.at(TestTokens.NOW);
    private final Revocations revocations = new Revocations(clock);

    @Test
    void aServerThatHangsUpWhileTheOthersAreToldHasLoggedOutTheUserAllTheSame() throws IOException {
        CountDownLatch telling = new CountDownLatch(1);
        try (LoopbackServer keys = LoopbackServer.start()) {
            BackChannelLogout logout = logoutTelling(keys, revocation -> {
                telling.countDown();
                return Mono.never();
            });

            StepVerifier.create(logout.receive(request()))
                    .then(() -> await(telling))
                    .thenCancel()
                    .verify(SOON);
        }

        assertThat(revocations.all())
                .extracting(Revocation::what)
                .containsExactlyInAnyOrderElementsOf(List.of(
                        new Revocation.What.Session(TestTokens.ISSUER, "s1"),
                        new Revocation.What.Subject(TestTokens.ISSUER, "alice")));
    }

    private BackChannelLogout logoutTelling(LoopbackServer keys, RevocationSpread spread) {
        keys.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA, TestTokens.EC));
        Map<String, String> rules = Map.of("logout.audiences", "web-app", "profile", "generic");
        Issuers issuers = Issuers.of(
                Map.of("corp", TestIssuers.corp(keys.origin() + "/keys", rules)), IssuerSurroundings.at(clock));
        return new BackChannelLogout(issuers, new Revoker(revocations, spread, Duration.ofHours(24), clock), clock);
    }

    private static ServerRequest request() {
        return ServerRequest.create(
                MockServerWebExchange.from(MockServerHttpRequest.post(BackChannelLogout.PATH)
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .body("logout_token=" + TOKEN)),
                HandlerStrategies.withDefaults().messageReaders());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
