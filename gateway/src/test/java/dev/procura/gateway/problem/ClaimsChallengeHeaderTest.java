package dev.procura.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.test.StepVerifier;

/** Entra's claims challenge as the caller gets it, and what the log has of a server's refusal. */
final class ClaimsChallengeHeaderTest {

    private static final URI AUTHORIZE = URI.create("https://login.example.com/t/oauth2/v2.0/authorize");

    private static ProblemException needing(String claims) {
        return ProblemException.of(Problem.STEP_UP_REQUIRED, "")
                .needing(ProblemException.Remedy.claims(new ProblemException.ClaimsChallenge(AUTHORIZE, claims)));
    }

    private static List<String> challenges(Optional<String> metadata, ProblemException failure) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/orders/1"));
        StepVerifier.create(new ProblemHandler(any -> "orders", any -> metadata).handle(exchange, failure))
                .expectComplete()
                .verify(Duration.ofSeconds(5));
        assertThat(exchange.getResponse().getStatusCode()).isNotNull().hasToString("401 UNAUTHORIZED");
        return exchange.getResponse().getHeaders().getOrEmpty(HttpHeaders.WWW_AUTHENTICATE);
    }

    @Test
    void isOneChallengeInMicrosoftsForm() {
        assertThat(challenges(Optional.empty(), needing("eyJhIjoxfQ==")))
                .containsExactly("Bearer realm=\"\", authorization_uri=\"" + AUTHORIZE
                        + "\", error=\"insufficient_claims\", claims=\"eyJhIjoxfQ==\"");
        assertThat(challenges(Optional.of("https://api.example.com/m"), needing("eyJhIjoxfQ==")))
                .containsExactly("Bearer realm=\"\", authorization_uri=\"" + AUTHORIZE
                        + "\", error=\"insufficient_claims\", claims=\"eyJhIjoxfQ==\""
                        + ", resource_metadata=\"https://api.example.com/m\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"a\":1}", "a\", error=\"x", "a\r\nX-Evil: 1", "a b", "a=b", "a===", "eyJ_-"})
    void whatIsNoBase64IsNoChallenge(String claims) {
        assertThatThrownBy(() -> needing(claims)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyFactIsAFieldOfTheEventAndAWordOfTheLine() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("client", "gateway");
        facts.put("class", "STEP_UP");
        facts.put("error", "interaction_required");
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        Logger logger = (Logger) LoggerFactory.getLogger("procura.refused");
        logger.addAppender(events);
        try {
            ProblemHandler.log("orders", needing("eyJhIjoxfQ==").knowing(facts));
        } finally {
            logger.detachAppender(events);
        }

        assertThat(events.list).singleElement().satisfies(event -> {
            assertThat(event.getKeyValuePairs().stream().map(pair -> pair.key + "=" + pair.value))
                    .containsExactly(
                            "code=step_up_required",
                            "status=401",
                            "route=orders",
                            "client=gateway",
                            "class=STEP_UP",
                            "error=interaction_required");
            assertThat(event.getFormattedMessage())
                    .isEqualTo("code=step_up_required status=401 route=orders client=gateway class=STEP_UP"
                            + " error=interaction_required")
                    .doesNotContain("eyJhIjoxfQ");
        });
    }

    @Test
    void factsStayWhateverIsAddedAndCannotBeChanged() {
        ProblemException failure =
                ProblemException.of(Problem.STEP_UP_REQUIRED, "because").knowing(Map.of("client", "gateway"));

        assertThat(failure.retryAfter(Duration.ofSeconds(1))
                        .causedBy(new IllegalStateException("x"))
                        .needing(ProblemException.Remedy.none())
                        .reason())
                .isEqualTo("because client=gateway");
        assertThatThrownBy(() -> failure.facts().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
    }
}
