package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.TokenValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

/** Where the tokens of a request may stand (RFC 6750 section 2.1), and everything that is not such a place. */
final class BearerTokensTest {

    private static final String TOKEN = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln";

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "bEaReR ", "Bearer   "})
    void findsTheCallersTokenInAnySpellingOfTheScheme(String scheme) {
        assertThat(BearerTokens.caller(authorization(scheme + TOKEN)).reveal()).isEqualTo(TOKEN);
        assertThat(BearerTokens.caller(authorization(scheme + TOKEN + " ")).reveal())
                .isEqualTo(TOKEN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|TOKEN_MISSING",
                "' '|TOKEN_MISSING",
                "Basic Z2F0ZXdheTpzZWNyZXQ=|TOKEN_MISSING",
                "DPoP eyJh.e30.c2ln|TOKEN_MISSING",
                "Negotiate YII=|TOKEN_MISSING",
                "eyJh.e30.c2ln|TOKEN_MISSING",
                "Bearereyjh.e30.c2ln|TOKEN_MISSING",
                "Bearer:eyJh.e30.c2ln|TOKEN_MISSING",
                "Bearer=eyJh.e30.c2ln|TOKEN_MISSING",
                "Bear eyJh.e30.c2ln|TOKEN_MISSING",
                "' Bearer eyJh.e30.c2ln'|TOKEN_MISSING",
                "Basic x, Bearer eyJh.e30.c2ln|TOKEN_MISSING",
                "Bearer|INVALID_AUTHORIZATION",
                "'Bearer '|INVALID_AUTHORIZATION",
                "'Bearer    '|INVALID_AUTHORIZATION",
                "Bearer a b|INVALID_AUTHORIZATION",
                "Bearer a  b|INVALID_AUTHORIZATION",
                "Bearer Bearer a|INVALID_AUTHORIZATION",
                "Bearer a,b|INVALID_AUTHORIZATION",
                "Bearer a, Bearer b|INVALID_AUTHORIZATION",
                "Bearer a,Bearer b|INVALID_AUTHORIZATION",
                "Bearer a, Basic b|INVALID_AUTHORIZATION",
                "Bearer \"a\"|INVALID_AUTHORIZATION",
                "Bearer <a>|INVALID_AUTHORIZATION",
                "Bearer token=\"a\"|INVALID_AUTHORIZATION",
                "Bearer a=b|INVALID_AUTHORIZATION",
                "Bearer =|INVALID_AUTHORIZATION",
                "Bearer a;b|INVALID_AUTHORIZATION",
                "Bearer \u00e4|INVALID_AUTHORIZATION"
            })
    void refusesEverythingElse(String value, Problem problem) {
        refusesCaller(authorization(value), problem);
    }

    @Test
    void missesTheTokenWhenThereIsNoHeader() {
        refusesCaller(new HttpHeaders(), Problem.TOKEN_MISSING);
        refusesCaller(actor(TOKEN), Problem.TOKEN_MISSING);
    }

    @Test
    void refusesTwoHeadersEvenWhenTheyAreTheSame() {
        HttpHeaders twice = authorization("Bearer " + TOKEN);
        twice.add("authorization", "Bearer " + TOKEN);
        HttpHeaders withBasic = authorization("Basic Z2F0ZXdheTpzZWNyZXQ=");
        withBasic.add("Authorization", "Bearer " + TOKEN);

        refusesCaller(twice, Problem.INVALID_AUTHORIZATION);
        refusesCaller(withBasic, Problem.INVALID_AUTHORIZATION);
    }

    @Test
    void takesATokenOf16KiBAndNoLongerOne() {
        String longest = "a".repeat(TokenValue.MAX_LENGTH);

        assertThat(BearerTokens.caller(authorization("Bearer " + longest)).length())
                .isEqualTo(TokenValue.MAX_LENGTH);
        refusesCaller(authorization("Bearer " + longest + "a"), Problem.TOKEN_TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKEN, "Bearer " + TOKEN, "bearer " + TOKEN, " " + TOKEN + " ", "Bearer  " + TOKEN})
    void findsTheActorsTokenWithTheSchemeAndWithout(String value) {
        assertThat(BearerTokens.actor(actor(value))).map(TokenValue::reveal).contains(TOKEN);
    }

    @Test
    void hasNoActorWhenThereIsNoHeader() {
        assertThat(BearerTokens.actor(authorization("Bearer " + TOKEN))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Bearer",
                "Bearer ",
                "Basic Zm9v",
                "DPoP a",
                "a b",
                "a,b",
                "a, b",
                "Bearer a b",
                "Bearer Bearer a",
                "\"a\""
            })
    void refusesAnActorTokenThatIsNotOneToken(String value) {
        refusesActor(actor(value));
    }

    @Test
    void refusesTwoActorTokensAndOnesThatAreTooLong() {
        HttpHeaders twice = actor(TOKEN);
        twice.add("actor-token", TOKEN);

        refusesActor(twice);
        refusesActor(actor("a".repeat(TokenValue.MAX_LENGTH + 1)));
        refusesActor(actor("Bearer " + "a".repeat(TokenValue.MAX_LENGTH + 1)));
    }

    private static void refusesCaller(HttpHeaders headers, Problem problem) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> BearerTokens.caller(headers))
                .satisfies(failure -> assertThat(failure.problem()).isEqualTo(problem))
                .withMessageNotContaining(TOKEN);
    }

    private static void refusesActor(HttpHeaders headers) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> BearerTokens.actor(headers))
                .satisfies(failure -> assertThat(failure.problem()).isEqualTo(Problem.ACTOR_TOKEN_INVALID))
                .withMessageNotContaining(TOKEN);
    }

    private static HttpHeaders authorization(String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Authorization", value);
        return headers;
    }

    private static HttpHeaders actor(String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Actor-Token", value);
        return headers;
    }
}
