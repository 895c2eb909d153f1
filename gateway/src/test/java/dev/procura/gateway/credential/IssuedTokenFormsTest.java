package dev.procura.gateway.credential;

import static dev.procura.gateway.credential.IssuedTokenExample.ALICE;
import static dev.procura.gateway.credential.IssuedTokenExample.answer;
import static dev.procura.gateway.credential.IssuedTokenExample.assertDoesNotFit;
import static dev.procura.gateway.credential.IssuedTokenExample.assertFits;
import static dev.procura.gateway.credential.IssuedTokenExample.at;
import static dev.procura.gateway.credential.IssuedTokenExample.claims;
import static dev.procura.gateway.credential.IssuedTokenExample.judge;
import static dev.procura.gateway.credential.IssuedTokenExample.payload;
import static dev.procura.gateway.credential.IssuedTokenExample.with;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IssuedTokenFormsTest {

    static Stream<Arguments> bindings() {
        return Stream.of(
                argumentSet("to a DPoP key", Map.of("jkt", "abc")),
                argumentSet("to a certificate", Map.of("x5t#S256", "abc")),
                argumentSet("to nothing yet", Map.of()),
                argumentSet("to a text", "key"),
                argumentSet("to false", false));
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void aTokenThatIsBoundToAKeyDoesNotFit(Object cnf) {
        assertDoesNotFit(judge(ALICE.onBehalfOf(), with("cnf", cnf)), "cnf");
        assertDoesNotFit(judge(ALICE.clientCredentials(), with("cnf", cnf)), "cnf");
    }

    static Stream<Arguments> unsignedTokens() {
        String payload = payload(claims());
        return Stream.of(
                argumentSet("an empty third part", Jwts.of("{\"alg\":\"none\"}", payload, "")),
                argumentSet("a third part", Jwts.of("{\"alg\":\"none\"}", payload, "c2ln")),
                argumentSet("a type", Jwts.of("{\"alg\":\"none\",\"typ\":\"at+jwt\"}", payload, "")));
    }

    @ParameterizedTest
    @MethodSource("unsignedTokens")
    void anUnsignedTokenDoesNotFit(String token) {
        assertDoesNotFit(IssuedToken.judge(ALICE.onBehalfOf(), answer(token), 5, NOW), "");
        assertDoesNotFit(IssuedToken.judge(ALICE.clientCredentials(), answer(token), 5, NOW), "");
    }

    static Stream<Arguments> headersThatNoLibraryLikes() {
        return Stream.of(
                argumentSet("no algorithm", "{}"),
                argumentSet("an algorithm that is a number", "{\"alg\":256}"),
                argumentSet("none in other letters", "{\"alg\":\"NONE\"}"),
                argumentSet("an unknown algorithm", "{\"alg\":\"XY256\"}"),
                argumentSet("a type that is a number", "{\"alg\":\"RS256\",\"typ\":7}"),
                argumentSet("a key that is none", "{\"alg\":\"RS256\",\"jwk\":{\"kty\":\"?\"}}"),
                argumentSet("a key address that is none", "{\"alg\":\"RS256\",\"jku\":\"::\"}"),
                argumentSet("critical members", "{\"alg\":\"RS256\",\"crit\":[\"x\"],\"x\":1}"),
                argumentSet("critical members that are a text", "{\"alg\":\"RS256\",\"crit\":\"x\"}"),
                argumentSet("an encryption that is none", "{\"alg\":\"RS256\",\"enc\":\"A128GCM\"}"));
    }

    /** A tier's library may be more tolerant than ours: claims that stand there in the open are read. */
    @ParameterizedTest
    @MethodSource("headersThatNoLibraryLikes")
    void theClaimsAreJudgedWhateverTheHeaderHolds(String header) {
        String forAnother = Jwts.of(header, payload(with("aud", "inventory-api")), "c2ln");

        assertDoesNotFit(IssuedToken.judge(ALICE.onBehalfOf(), answer(forAnother), 5, NOW), "");
    }

    static Stream<Arguments> opaqueTokens() {
        return Stream.of(
                argumentSet("a word", "2YotnFZFEjr1zCsicMWpAA"),
                argumentSet("three words", "a.b.c"),
                argumentSet("a header that is null", "bnVsbA.e30.c2ln"),
                argumentSet("a header that is a list", "W10.e30.c2ln"),
                argumentSet("two parts", "eyJhbGciOiJSUzI1NiJ9.e30"),
                argumentSet("five parts: encrypted", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..YWJj.YWJj.YWJj"));
    }

    @ParameterizedTest
    @MethodSource("opaqueTokens")
    void ofAnOpaqueTokenTheAnswersFactsAreJudgedAlone(String text) {
        GrantExample scoped = ALICE.scopes("orders");
        TokenValue value = TokenValue.of(text);
        AccessToken granted = new AccessToken(value, at(60), Optional.of(Scopes.of("orders")));

        assertThat(IssuedToken.judge(scoped.onBehalfOf(), granted, 5, NOW))
                .isEqualTo(new IssuedToken.Verdict.Fits(granted));
        assertFits(IssuedToken.judge(scoped.onBehalfOf(), new AccessToken(value, at(60), Optional.empty()), 5, NOW));
        assertFits(IssuedToken.judge(
                scoped.onBehalfOf(), new AccessToken(value, Optional.empty(), Optional.empty()), 5, NOW));
        assertDoesNotFit(
                IssuedToken.judge(
                        scoped.onBehalfOf(),
                        new AccessToken(value, at(60), Optional.of(Scopes.of("orders", "admin"))),
                        5,
                        NOW),
                "wider");
        assertDoesNotFit(
                IssuedToken.judge(scoped.onBehalfOf(), new AccessToken(value, at(0), Optional.empty()), 5, NOW),
                "expired");
    }
}
