package dev.procura.gateway.credential;

import static dev.procura.gateway.credential.IssuedTokenExample.ALICE;
import static dev.procura.gateway.credential.IssuedTokenExample.assertDoesNotFit;
import static dev.procura.gateway.credential.IssuedTokenExample.assertFits;
import static dev.procura.gateway.credential.IssuedTokenExample.at;
import static dev.procura.gateway.credential.IssuedTokenExample.claims;
import static dev.procura.gateway.credential.IssuedTokenExample.judge;
import static dev.procura.gateway.credential.IssuedTokenExample.with;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IssuedTokenScopesTest {

    static Stream<Arguments> grantedScopes() {
        Object absent = new Object();
        return Stream.of(
                argumentSet("as asked", "orders", Optional.empty(), true),
                argumentSet("as asked, twice", "orders orders", Optional.of("orders"), true),
                argumentSet("as a list", List.of("orders"), Optional.empty(), true),
                argumentSet("not named: what was asked for", absent, Optional.empty(), true),
                argumentSet("named by the answer", absent, Optional.of("orders"), true),
                argumentSet("allowed beyond", "orders audit", Optional.of("orders audit"), true),
                argumentSet("added by the server itself", "orders openid", Optional.empty(), true),
                argumentSet("added and allowed", "audit openid orders", Optional.empty(), true),
                argumentSet("another in the token", "orders admin", Optional.empty(), false),
                argumentSet("another in the token's list", List.of("orders", "admin"), Optional.empty(), false),
                argumentSet("another in the answer", absent, Optional.of("orders admin"), false),
                argumentSet("another in the answer alone", "orders", Optional.of("orders admin"), false),
                argumentSet("the same in other letters beside it", "orders Orders", Optional.empty(), false));
    }

    @ParameterizedTest
    @MethodSource("grantedScopes")
    void noScopeIsWiderThanWhatTheRouteNames(Object inToken, Optional<String> inAnswer, boolean fits) {
        GrantExample plain = ALICE.scopes("orders").allowScopes("audit");
        GrantExample grant = plain.traits(ServerTraits.standard().adding(Scopes.of("openid")));
        for (String name : List.of("scope", "scp")) {
            Map<String, Object> claims =
                    inToken instanceof String || inToken instanceof List ? with(name, inToken) : claims();
            AccessToken token = new AccessToken(TokenValue.of(Jwts.of(claims)), at(300), inAnswer.map(Scopes::parse));

            if (fits) {
                assertFits(IssuedToken.judge(grant.onBehalfOf(), token, 5, NOW));
                assertFits(IssuedToken.judge(grant.clientCredentials(), token, 5, NOW));
            } else {
                assertDoesNotFit(IssuedToken.judge(grant.onBehalfOf(), token, 5, NOW), "wider");
                assertDoesNotFit(IssuedToken.judge(grant.clientCredentials(), token, 5, NOW), "wider");
            }
        }
    }

    @Test
    void aScopeThatStandsInScpBesideScopeIsWiderToo() {
        Map<String, Object> both = with("scope", "orders");
        both.put("scp", List.of("orders", "admin"));

        assertDoesNotFit(judge(ALICE.scopes("orders").onBehalfOf(), both), "wider");
    }

    static Stream<Arguments> scopesThatLack() {
        return Stream.of(
                argumentSet("all of them", ""),
                argumentSet("all of them, as a list", List.of()),
                argumentSet("one of them", "orders.write"),
                argumentSet("one of them, with another", "orders.write admin"),
                argumentSet("all but in other letters", "ORDERS ORDERS.WRITE"),
                argumentSet("all but in one entry of a list", List.of("orders orders.write")));
    }

    @ParameterizedTest
    @MethodSource("scopesThatLack")
    void aMissingScopeIsTheUsersWhereTheServerGrantsLessAndElseAFault(Object granted) {
        GrantExample grant = ALICE.scopes("orders", "orders.write");

        assertThat(judge(grant.grantingLess().onBehalfOf(), with("scope", granted)))
                .isInstanceOfSatisfying(
                        IssuedToken.Verdict.GrantsLess.class,
                        less -> assertThat(less.missing().values()).contains("orders"));
        assertDoesNotFit(judge(grant.onBehalfOf(), with("scope", granted)), "lacks");
        assertDoesNotFit(judge(grant.clientCredentials(), with("scope", granted)), "lacks");
    }

    @Test
    void theTokensOwnScopesCountBeforeTheAnswers() {
        AccessToken saysLess =
                new AccessToken(TokenValue.of(Jwts.of(with("scope", ""))), at(300), Optional.of(Scopes.of("orders")));

        assertThat(IssuedToken.judge(ALICE.scopes("orders").grantingLess().onBehalfOf(), saysLess, 5, NOW))
                .isEqualTo(new IssuedToken.Verdict.GrantsLess(Scopes.of("orders")));
    }

    @Test
    void anyScopeFitsWhereTheRouteNamesNone() {
        assertFits(judge(ALICE.onBehalfOf(), with("scope", "admin everything")));
        assertFits(judge(ALICE.onBehalfOf(), with("scope", "")));
    }

    @Test
    void aWrongAudienceIsAFaultAlsoWhereTheServerGrantsLess() {
        Map<String, Object> less = with("aud", "account");
        less.put("scope", "");

        assertDoesNotFit(judge(ALICE.scopes("orders").grantingLess().onBehalfOf(), less), "aud");
    }

    @Test
    void ofAnAssertionTheAudienceIsMissingWithItsScopeAndNothingElseIsExcused() {
        GrantExample second = ALICE.scopes("orders").grantingLess();
        Map<String, Object> less = with("aud", "account");
        less.put("scope", "profile");

        assertThat(judge(second.assertion("a"), less))
                .isEqualTo(new IssuedToken.Verdict.GrantsLess(Scopes.of("orders")));
        assertDoesNotFit(judge(ALICE.scopes("orders").assertion("a"), less), "aud");

        Map<String, Object> granted = with("aud", "account");
        granted.put("scope", "orders");
        assertDoesNotFit(judge(second.assertion("a"), granted), "aud");

        less.put("sub", "mallory");
        assertDoesNotFit(judge(second.assertion("a"), less), "sub");
    }

    @Test
    void aReasonIsOneShortLineWhateverTheServerCallsItsScopes() {
        Map<String, Object> forged = with(
                "scope", List.of("orders", "x\nERROR a line of somebody else", "y".repeat(4000), Jwts.of(claims())));

        IssuedToken.Verdict verdict = judge(ALICE.scopes("orders").onBehalfOf(), forged);

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        IssuedToken.Verdict.DoesNotFit.class,
                        unfit -> assertThat(unfit.reason())
                                .hasSizeLessThan(500)
                                .matches("[^\\p{Cc}\\p{Zl}\\p{Zp}]*")
                                .doesNotContain(Jwts.of(claims())));
    }
}
