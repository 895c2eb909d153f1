package dev.procura.sample.downstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.sample.downstream.TierProperties.Next;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

class OwnTokenTest {

    private static final String SECRET = "s3cr:et/with+odd=signs";

    private final FakeServer issuer = new FakeServer();
    private final MovableClock clock = new MovableClock();
    private final OwnToken token = new OwnToken(
            new Next(issuer.at("/next"), issuer.at("/token"), "orders-api", SECRET, "gateway"),
            RestClient.create(),
            clock);

    @AfterEach
    void stop() {
        issuer.close();
    }

    @Test
    void asksForTheGatewaysAudienceWithItsOwnCredentials() {
        issuer.answer("/token", 200, answer(300));

        assertThat(token.value()).isEqualTo("own");

        FakeServer.Request request = issuer.requests("/token").get(0);
        assertThat(request.body()).contains("grant_type=client_credentials").contains("audience=gateway");
        String basic = request.header("Authorization").get(0).substring("Basic ".length());
        assertThat(new String(Base64.getDecoder().decode(basic), StandardCharsets.US_ASCII))
                .isEqualTo("orders-api:s3cr%3Aet%2Fwith%2Bodd%3Dsigns");
    }

    @Test
    void asksOnceUntilShortlyBeforeTheEnd() {
        issuer.answer("/token", 200, answer(300));

        token.value();
        clock.advance(Duration.ofSeconds(269));
        token.value();
        assertThat(issuer.requests("/token")).hasSize(1);

        clock.advance(Duration.ofSeconds(1));
        token.value();
        assertThat(issuer.requests("/token")).hasSize(2);
    }

    @Test
    void keepsAShortLivedTokenForHalfItsLife() {
        issuer.answer("/token", 200, answer(20));

        token.value();
        clock.advance(Duration.ofSeconds(9));
        token.value();
        assertThat(issuer.requests("/token")).hasSize(1);

        clock.advance(Duration.ofSeconds(1));
        token.value();
        assertThat(issuer.requests("/token")).hasSize(2);
    }

    @Test
    void hasNoTokenWhenTheIssuerRefuses() {
        issuer.answer("/token", 401, """
                {"error": "invalid_client"}""");

        assertThatExceptionOfType(RestClientException.class).isThrownBy(token::value);
    }

    @Test
    void hasNoTokenWhenTheAnswerDoesNotSayHowLongItLives() {
        issuer.answer("/token", 200, """
                {"access_token": "own", "token_type": "Bearer"}""");

        assertThatExceptionOfType(RestClientException.class).isThrownBy(token::value);
    }

    @Test
    void showsNoSecret() {
        Next next = new Next(issuer.at("/next"), issuer.at("/token"), "orders-api", SECRET, "gateway");

        assertThat(next.toString()).contains("orders-api").doesNotContain(SECRET);
        assertThat(new TierProperties("orders", "orders-api", issuer.url(), null, next, null).toString())
                .doesNotContain(SECRET);
    }

    private static String answer(int seconds) {
        return """
                {"access_token": "own", "token_type": "Bearer", "expires_in": %d}""".formatted(seconds);
    }

    private static final class MovableClock extends Clock {

        private Instant now = Instant.parse("2026-11-20T12:00:00Z");

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
