package dev.procura.gateway.credential;

import static dev.procura.gateway.credential.IssuedTokenExample.ALICE;
import static dev.procura.gateway.credential.IssuedTokenExample.act;
import static dev.procura.gateway.credential.IssuedTokenExample.answer;
import static dev.procura.gateway.credential.IssuedTokenExample.assertDoesNotFit;
import static dev.procura.gateway.credential.IssuedTokenExample.assertFits;
import static dev.procura.gateway.credential.IssuedTokenExample.claims;
import static dev.procura.gateway.credential.IssuedTokenExample.judge;
import static dev.procura.gateway.credential.IssuedTokenExample.with;
import static dev.procura.gateway.credential.IssuedTokenExample.without;
import static dev.procura.gateway.fixture.CallerExample.ISSUER;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.token.AccessToken;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssuedTokenTest {

    @Test
    void theTokenThatWasAskedForFits() {
        AccessToken token = answer(Jwts.of(claims()));

        assertThat(IssuedToken.judge(ALICE.onBehalfOf(), token, 5, NOW)).isEqualTo(new IssuedToken.Verdict.Fits(token));
    }

    static Stream<Arguments> tokensOfAnotherIssuerOrForAnotherAudience() {
        return Stream.of(
                argumentSet("iss of another server", with("iss", "https://evil.example.com/realms/corp"), "iss"),
                argumentSet("iss in capitals", with("iss", ISSUER.toUpperCase(Locale.ROOT)), "iss"),
                argumentSet("iss with a slash more", with("iss", ISSUER + "/"), "iss"),
                argumentSet("iss with a space more", with("iss", ISSUER + " "), "iss"),
                argumentSet("iss that is a list", with("iss", List.of(ISSUER)), "iss"),
                argumentSet("iss that is empty", with("iss", ""), "iss"),
                argumentSet("no iss", without("iss"), "iss"),
                argumentSet("aud of another API", with("aud", "inventory-api"), "aud"),
                argumentSet("aud of the gateway", with("aud", List.of("gateway", "account")), "aud"),
                argumentSet("aud that begins like ours", with("aud", "orders-api-2"), "aud"),
                argumentSet("aud in capitals", with("aud", "ORDERS-API"), "aud"),
                argumentSet("auds in one text", with("aud", "gateway orders-api"), "aud"),
                argumentSet("an empty list of auds", with("aud", List.of()), "aud"),
                argumentSet("auds inside of a list", with("aud", List.of(List.of("orders-api"))), "aud"),
                argumentSet("aud that is an object", with("aud", Map.of("orders-api", true)), "aud"),
                argumentSet("no aud", without("aud"), "aud"));
    }

    @ParameterizedTest
    @MethodSource("tokensOfAnotherIssuerOrForAnotherAudience")
    void aTokenOfAnotherIssuerOrForAnotherAudienceDoesNotFit(Map<String, Object> claims, String reason) {
        assertDoesNotFit(judge(ALICE.onBehalfOf(), claims), reason);
        assertDoesNotFit(judge(ALICE.clientCredentials(), claims), reason);
    }

    @Test
    void anAudienceAmongOthersIsEnough() {
        assertFits(judge(ALICE.onBehalfOf(), with("aud", List.of("account", "orders-api"))));
    }

    @Test
    void theResourceIsTheAudienceWhereTheTargetNamesNoOther() {
        GrantExample resource = ALICE.onlyResource("https://orders.example.com");

        assertFits(judge(resource.onBehalfOf(), with("aud", "https://orders.example.com")));
        assertDoesNotFit(judge(resource.onBehalfOf(), claims()), "aud");
        assertDoesNotFit(
                judge(
                        ALICE.resource("https://orders.example.com").onBehalfOf(),
                        with("aud", "https://orders.example.com")),
                "aud");
    }

    @Test
    void theIssuerIsNotJudgedWhereTheClientNamesNone() {
        assertFits(judge(ALICE.withoutIssuer().onBehalfOf(), with("iss", "https://elsewhere.example.com")));
        assertFits(judge(ALICE.withoutIssuer().onBehalfOf(), without("iss")));
        assertDoesNotFit(judge(ALICE.withoutIssuer().onBehalfOf(), with("aud", "inventory-api")), "aud");
    }

    static Stream<Arguments> otherSubjects() {
        return Stream.of(
                argumentSet("somebody else", with("sub", "bob")),
                argumentSet("in capitals", with("sub", "ALICE")),
                argumentSet("a number", with("sub", 7)),
                argumentSet("a list with the right one", with("sub", List.of("alice"))),
                argumentSet("empty", with("sub", "")),
                argumentSet("absent", without("sub")));
    }

    @ParameterizedTest
    @MethodSource("otherSubjects")
    void aTokenInAnotherNameFitsOnlyWhereSubjectsAreMapped(Map<String, Object> claims) {
        assertDoesNotFit(judge(ALICE.onBehalfOf(), claims), "sub");
        assertFits(judge(ALICE.mapped().onBehalfOf(), claims));
    }

    @ParameterizedTest
    @MethodSource("otherSubjects")
    void theSubjectOfTheGatewaysOwnTokenIsNotJudged(Map<String, Object> claims) {
        assertFits(judge(ALICE.clientCredentials(), claims));
    }

    @Test
    void aSubjectTokenWithoutSubFitsNoAnswer() {
        GrantExample nameless = ALICE.subject(CallerExample.user("alice").without("sub"));

        assertDoesNotFit(judge(nameless.onBehalfOf(), claims()), "sub");
        assertDoesNotFit(judge(nameless.onBehalfOf(), without("sub")), "sub");
    }

    /** Two who both have B2C's sentence for a sub are two, and the sentence says of neither who it is. */
    @ParameterizedTest
    @ValueSource(strings = {"Not supported currently. Use oid claim.", " not supported currently. use OID claim. "})
    void aSubjectThatIsEverybodysFitsNoAnswer(String nobody) {
        GrantExample nameless = ALICE.subject(CallerExample.user("alice").claim("sub", nobody));

        assertDoesNotFit(judge(nameless.onBehalfOf(), with("sub", nobody)), "sub");
        assertDoesNotFit(judge(nameless.onBehalfOf(), claims()), "sub");
        assertFits(judge(nameless.mapped().onBehalfOf(), claims()));
    }

    @Test
    void aTokenThatTheCallerSentDoesNotFit() {
        String sent = Jwts.of(claims());
        CallerExample alice = CallerExample.user("alice").token(sent);
        CallerExample api = CallerExample.app("orders-api").token(sent);

        assertDoesNotFit(judge(ALICE.subject(alice).onBehalfOf(), claims()), "the caller sent");
        assertDoesNotFit(judge(ALICE.actor(api).onBehalfOf(), claims()), "the caller sent");
        assertDoesNotFit(judge(ALICE.subject(alice).mapped().onBehalfOf(), claims()), "the caller sent");
        assertFits(judge(ALICE.onBehalfOf(), claims()));
    }

    @Test
    void anOpaqueTokenThatTheCallerSentDoesNotFitEither() {
        GrantExample opaque = ALICE.subject(CallerExample.user("alice").token("opaque"));

        assertDoesNotFit(IssuedToken.judge(opaque.onBehalfOf(), answer("opaque"), 5, NOW), "the caller sent");
    }

    // The reason.

    @Test
    void aReasonNamesClaimsAndNotTheirValues() {
        Stream<UnaryOperator<Map<String, Object>>> faults = Stream.of(
                claims -> put(claims, "iss", "verdict-value"),
                claims -> put(claims, "aud", "verdict-value"),
                claims -> put(claims, "sub", "verdict-value"),
                claims -> put(claims, "cnf", "verdict-value"),
                claims -> put(claims, "act", act("verdict-value", "b", "c", "d", "e", "f")));

        assertThat(faults.map(fault -> judge(ALICE.onBehalfOf(), fault.apply(claims()))))
                .hasSize(5)
                .allSatisfy(verdict -> assertThat(verdict)
                        .isInstanceOfSatisfying(
                                IssuedToken.Verdict.DoesNotFit.class,
                                unfit -> assertThat(unfit.reason()).doesNotContain("verdict-value")));
    }

    private static Map<String, Object> put(Map<String, Object> claims, String name, Object value) {
        claims.put(name, value);
        return claims;
    }
}
