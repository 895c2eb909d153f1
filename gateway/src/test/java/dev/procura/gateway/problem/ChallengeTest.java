package dev.procura.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.token.Scopes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.test.StepVerifier;

/** One challenge, every parameter at most once and quoted (RFC 6750 section 3, RFC 9470, RFC 9728). */
final class ChallengeTest {

    private static final Pattern PARAMETER = Pattern.compile("([a-z_]+)=\"([^\"\\\\]*)\"");
    private static final String METADATA = "https://api.example.com/.well-known/oauth-protected-resource/orders";
    private static final ProblemException.Remedy EVERYTHING = new ProblemException.Remedy(
            Scopes.of("orders.read", "a"),
            List.of("z-gold", "a-silver"),
            Optional.of(Duration.ofMinutes(5)),
            Optional.empty());

    @ParameterizedTest
    @EnumSource
    void namesEveryParameterOnceWhateverTheProblem(Problem problem) {
        List<String> challenges =
                challenges(ProblemException.of(problem, "reason").needing(EVERYTHING), METADATA);

        if (problem.challenge() == Problem.Challenge.NONE) {
            assertThat(challenges).isEmpty();
            return;
        }
        assertThat(challenges).singleElement().satisfies(challenge -> {
            assertThat(challenge).matches("Bearer [a-z_]+=\"[^\"\\\\]*\"(, [a-z_]+=\"[^\"\\\\]*\")*");
            assertThat(names(challenge))
                    .doesNotHaveDuplicates()
                    .startsWith("realm")
                    .endsWith("resource_metadata");
            assertThat(challenge)
                    .contains(
                            ", scope=\"a orders.read\"",
                            ", acr_values=\"z-gold a-silver\"",
                            ", max_age=\"300\"",
                            ", resource_metadata=\"" + METADATA + "\"");
        });
    }

    @Test
    void asksForAStrongerSignIn() {
        assertThat(challenges(
                        ProblemException.of(Problem.STEP_UP_REQUIRED, "reason")
                                .needing(ProblemException.Remedy.signIn(List.of("gold"), Optional.empty())),
                        METADATA))
                .singleElement()
                .satisfies(challenge -> {
                    assertThat(challenge).contains("error=\"insufficient_user_authentication\"");
                    assertThat(names(challenge))
                            .containsExactly("realm", "error", "error_description", "acr_values", "resource_metadata");
                });
    }

    @Test
    void asksForANewSignInInWholeSeconds() {
        assertThat(challenges(
                        ProblemException.of(Problem.STEP_UP_REQUIRED, "reason")
                                .needing(ProblemException.Remedy.signIn(
                                        List.of(), Optional.of(Duration.ofMillis(90_500)))),
                        ""))
                .singleElement()
                .satisfies(challenge -> {
                    assertThat(challenge).contains("max_age=\"90\"").doesNotContain("acr_values", "resource_metadata");
                });
    }

    @Test
    void tellsWhoeverComesWithoutATokenWhereToLearnMore() {
        assertThat(challenges(ProblemException.of(Problem.TOKEN_MISSING, "none"), METADATA))
                .containsExactly("Bearer realm=\"procura\", resource_metadata=\"" + METADATA + "\"");
    }

    private static List<String> names(String challenge) {
        return PARAMETER.matcher(challenge).results().map(ChallengeTest::name).toList();
    }

    private static String name(MatchResult parameter) {
        return parameter.group(1);
    }

    private static List<String> challenges(ProblemException failure, String metadata) {
        ProblemHandler handler = new ProblemHandler(
                exchange -> "orders", exchange -> metadata.isEmpty() ? Optional.empty() : Optional.of(metadata));
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/orders/1"));
        StepVerifier.create(handler.handle(exchange, failure)).expectComplete().verify(Duration.ofSeconds(5));
        return exchange.getResponse().getHeaders().getOrEmpty(HttpHeaders.WWW_AUTHENTICATE);
    }
}
