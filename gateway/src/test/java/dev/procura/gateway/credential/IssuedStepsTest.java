package dev.procura.gateway.credential;

import static dev.procura.gateway.credential.IssuedTokenExample.ALICE;
import static dev.procura.gateway.credential.IssuedTokenExample.answer;
import static dev.procura.gateway.credential.IssuedTokenExample.assertDoesNotFit;
import static dev.procura.gateway.credential.IssuedTokenExample.assertFits;
import static dev.procura.gateway.credential.IssuedTokenExample.claims;
import static dev.procura.gateway.credential.IssuedTokenExample.judge;
import static dev.procura.gateway.credential.IssuedTokenExample.with;
import static dev.procura.gateway.fixture.CallerExample.NOW;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.token.TokenValue;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is issued on the way to the token that the API gets: assertions, and what comes of them. */
class IssuedStepsTest {

    private static final String JWT = Jwts.of(claims());
    private static final Grant FIRST = ALICE.forAuthorizationServer().onBehalfOf();

    private static IssuedToken.Verdict judged(Grant grant, String token) {
        return IssuedToken.judge(grant, answer(token), 5, NOW);
    }

    @Test
    void anAssertionIsJudgedLikeAnyToken() {
        assertFits(judge(FIRST, claims()));
        assertDoesNotFit(judge(FIRST, with("sub", "bob")), "sub");
        assertDoesNotFit(judge(FIRST, with("aud", "another-server")), "aud");
        assertDoesNotFit(judge(FIRST, with("iss", "https://elsewhere.test")), "iss");
        assertDoesNotFit(judge(FIRST, with("cnf", Map.of("jkt", "a"))), "cnf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"opaque", "a.b", "a.b.c", "a.b.c.d.e", "bm90IGpzb24.e30.c2ln"})
    void whatCannotBeReadIsNoAssertion(String token) {
        assertDoesNotFit(judged(FIRST, token), "no JWT");
        assertFits(judged(ALICE.onBehalfOf(), token));
    }

    @Test
    void anAssertionThatComesBackIsNoToken() {
        assertDoesNotFit(judged(ALICE.assertion(JWT), JWT), "that we did");
        assertFits(judged(ALICE.assertion(JWT + "x"), JWT));
    }

    @Test
    void theCallersTokenDoesNotComeBackFromTheSecondStepEither() {
        GrantExample alice = ALICE.subject(CallerExample.user("alice").token(JWT));

        assertDoesNotFit(judged(alice.assertion("a.b.c"), JWT), "that the caller sent");
        assertDoesNotFit(judged(alice.forAuthorizationServer().onBehalfOf(), JWT), "that the caller sent");
    }

    @Test
    void theGatewaysOwnActorTokenDoesNotComeBack() {
        Grant.ClientCredentials own = ALICE.audience("gateway").clientCredentials();
        GrantExample acting = ALICE.actor(new Actor.ProvenGateway(own, TokenValue.of(JWT)));

        assertDoesNotFit(judged(acting.onBehalfOf(), JWT), "that we did");
        assertDoesNotFit(judged(acting.forAuthorizationServer().onBehalfOf(), JWT), "that we did");
        assertFits(judged(
                ALICE.actor(new Actor.ProvenGateway(own, TokenValue.of("other")))
                        .onBehalfOf(),
                JWT));
    }

    @Test
    void theTokenOfTheSecondStepNamesTheCallerUnlessThatServerMaps() {
        assertFits(judge(ALICE.assertion("a.b.c"), claims()));
        assertDoesNotFit(judge(ALICE.assertion("a.b.c"), with("sub", "somebody-there")), "sub");
        assertFits(judge(ALICE.mapped().assertion("a.b.c"), with("sub", "somebody-there")));
    }

    @Test
    void theTokenOfTheSecondStepKeepsTheActorsOfTheCallersToken() {
        GrantExample acted =
                ALICE.subject(CallerExample.user("alice").claim("act", IssuedTokenExample.act("native-app")));

        assertDoesNotFit(judge(acted.assertion("a.b.c"), claims()), "act");
        assertFits(judge(acted.assertion("a.b.c"), with("act", IssuedTokenExample.act("gateway", "native-app"))));
    }
}
