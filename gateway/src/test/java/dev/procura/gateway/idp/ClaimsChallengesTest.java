package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.fixture.GrantExample;
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
    private static final String ISSUER = "https://login.example.com/t/v2.0";

    private static Optional<ProblemException.ClaimsChallenge> of(DialectName dialect, String issuer, Object claims) {
        Client client = GrantExample.ofAlice()
                .traits(dialect.dialect().traits())
                .issuers(issuer.isEmpty() ? new String[0] : new String[] {issuer})
                .client();
        return ClaimsChallenges.of(
                client, Refusal.of(400, Claims.of(Map.of("error", "interaction_required", "claims", claims))));
    }

    @Test
    void theRequestTravelsToTheLetter() {
        assertThat(of(DialectName.ENTRA, ISSUER, CLAIMS).orElseThrow().claims())
                .satisfies(text -> assertThat(new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
                        .isEqualTo(CLAIMS));
    }

    /** Never the address that the gateway asks: nobody else may know it, or reach it. */
    @ParameterizedTest
    @CsvSource({
        "https://login.example.com/t/v2.0, https://login.example.com/t/oauth2/v2.0/authorize",
        "https://sts.example.com/t/, https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "'', https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
    })
    void theAuthorizationEndpointIsTheIssuers(String issuer, URI expected) {
        assertThat(of(DialectName.ENTRA, issuer, CLAIMS).orElseThrow().authorizationUri())
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
        assertThat(of(DialectName.ENTRA, ISSUER, claims)).isEmpty();
    }

    @Test
    void whatIsTooLongOrOfAnotherTypeDoesNotTravel() {
        assertThat(of(DialectName.ENTRA, ISSUER, "{\"a\":\"" + "x".repeat(5000) + "\"}"))
                .isEmpty();
        assertThat(of(DialectName.ENTRA, ISSUER, Map.of("access_token", Map.of())))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = DialectName.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ENTRA", "ENTRA_V1"})
    void ofAServerThatHasNoSuchThingNothingTravels(DialectName dialect) {
        assertThat(of(dialect, ISSUER, CLAIMS)).isEmpty();
    }
}
