package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Claims;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsChallengesTest {

    private static final String CLAIMS = "{\"access_token\": {\"capolids\":{\"essential\":true,\"values\":[\"c1\"]}}}";
    private static final URI ENDPOINT = URI.create("https://login.example.com/t/oauth2/v2.0/token");

    private static Optional<ProblemException.ClaimsChallenge> of(DialectName dialect, URI endpoint, Object claims) {
        return ClaimsChallenges.of(
                dialect.dialect(),
                endpoint,
                Refusal.of(400, Claims.of(Map.of("error", "interaction_required", "claims", claims))));
    }

    @Test
    void theRequestTravelsToTheLetter() {
        assertThat(of(DialectName.ENTRA, ENDPOINT, CLAIMS).orElseThrow().claims())
                .satisfies(text -> assertThat(new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
                        .isEqualTo(CLAIMS));
    }

    @ParameterizedTest
    @CsvSource({
        "https://login.example.com/t/oauth2/v2.0/token, https://login.example.com/t/oauth2/v2.0/authorize",
        "https://login.example.com/t/oauth2/token, https://login.example.com/t/oauth2/authorize",
        "https://login.example.com/t/token?p=x, https://login.example.com/t/authorize",
        "https://login.example.com/t/oauth2/v2.0/token/, https://login.example.com/t/oauth2/v2.0/token/authorize"
    })
    void theAuthorizationEndpointStandsBesideTheOneThatRefused(URI endpoint, URI expected) {
        assertThat(of(DialectName.ENTRA, endpoint, CLAIMS).orElseThrow().authorizationUri())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "text",
                "{\"a\":1}\r\nX-Evil: 1",
                "eyJhIjoxfQ==",
                "\", error=\"invalid_token"
            })
    void whatIsNoRequestDoesNotTravel(String claims) {
        assertThat(of(DialectName.ENTRA, ENDPOINT, claims)).isEmpty();
    }

    @Test
    void whatIsTooLongOrOfAnotherTypeDoesNotTravel() {
        assertThat(of(DialectName.ENTRA, ENDPOINT, "{\"a\":\"" + "x".repeat(5000) + "\"}"))
                .isEmpty();
        assertThat(of(DialectName.ENTRA, ENDPOINT, Map.of("access_token", Map.of())))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = DialectName.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ENTRA", "ENTRA_V1"})
    void ofAServerThatHasNoSuchThingNothingTravels(DialectName dialect) {
        assertThat(of(dialect, ENDPOINT, CLAIMS)).isEmpty();
    }
}
