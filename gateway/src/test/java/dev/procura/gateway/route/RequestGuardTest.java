package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What ends before anything is routed. */
final class RequestGuardTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final RequestGuard guard = new RequestGuard();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders",
                "/orders?a=b",
                "/orders?token=x",
                "/orders?my_access_token=x",
                "/orders?access_tokens=x",
                "/orders?a=access_token",
                "/orders?access-token=x",
                "/orders?a=%E4",
                "/orders?&&&",
                "/orders?="
            })
    void letsOrdinaryRequestsPass(String target) {
        assertThat(outcome(HttpMethod.GET, target)).isEqualTo("passed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders?access_token=x",
                "/orders?access_token",
                "/orders?access_token=",
                "/orders?a=b&access_token=x",
                "/orders?access_token=x&access_token=y",
                "/orders?%61ccess_token=x",
                "/orders?access%5Ftoken=x",
            })
    void refusesATokenInTheQueryHoweverItsNameIsWritten(String target) {
        assertThat(outcome(HttpMethod.GET, target)).isEqualTo(Problem.TOKEN_IN_QUERY.name());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/orders/../reports", "/orders%2f..%2freports", "/orders/%2e%2e/reports", "//orders", "/orders;a"
            })
    void refusesAPathThatCanBeReadInTwoWays(String target) {
        assertThat(outcome(HttpMethod.GET, target)).isEqualTo(Problem.INVALID_PATH.name());
    }

    /** RFC 9110 section 9.3.8: a tier would send the credential of the gateway back to the caller. */
    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "CONNECT", "PROPFIND", "get", "Post", "XYZ-1", "TRACK"})
    void refusesMethodsThatWouldShowTheCredentialOrThatNobodyKnows(String method) {
        assertThat(outcome(HttpMethod.valueOf(method), "/orders")).isEqualTo(Problem.BAD_REQUEST.name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void letsTheOrdinaryMethodsPass(String method) {
        assertThat(outcome(HttpMethod.valueOf(method), "/orders")).isEqualTo("passed");
    }

    @Test
    void standsBeforeEveryOtherFilter() {
        assertThat(guard.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
    }

    private String outcome(HttpMethod method, String target) {
        AtomicBoolean passed = new AtomicBoolean();
        MockServerWebExchange exchange = MockServerWebExchange.from(
                MockServerHttpRequest.method(method, URI.create("http://api.example.com" + target)));

        Mono<Void> result = guard.filter(exchange, next -> Mono.fromRunnable(() -> passed.set(true)));

        String[] outcome = {"passed"};
        StepVerifier.create(result.onErrorResume(ProblemException.class, failure -> {
                    outcome[0] = failure.problem().name();
                    return Mono.empty();
                }))
                .expectComplete()
                .verify(SOON);
        assertThat(passed.get()).isEqualTo(outcome[0].equals("passed"));
        return outcome[0];
    }
}
