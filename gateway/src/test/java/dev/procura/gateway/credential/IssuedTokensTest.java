package dev.procura.gateway.credential;

import static dev.procura.gateway.credential.IssuedTokenExample.ALICE;
import static dev.procura.gateway.credential.IssuedTokenExample.act;
import static dev.procura.gateway.credential.IssuedTokenExample.answer;
import static dev.procura.gateway.credential.IssuedTokenExample.at;
import static dev.procura.gateway.credential.IssuedTokenExample.claims;
import static dev.procura.gateway.credential.IssuedTokenExample.with;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules themselves are in {@link IssuedTokenTest} and its neighbours. */
final class IssuedTokensTest {

    private static final IssuedTokens TOKENS = new IssuedTokens(2);

    @Test
    void whatFitsHasTheEarlierEnd() {
        assertThat(TOKENS.hold(
                        ALICE.onBehalfOf(),
                        answer(Jwts.of(with("exp", NOW.plusSeconds(60).getEpochSecond()))),
                        NOW))
                .isInstanceOfSatisfying(
                        IssuedTokens.Held.Fits.class,
                        fits -> assertThat(fits.token().expiresAt()).isEqualTo(at(60)));
    }

    static Stream<Arguments> unfit() {
        CallerExample alice = CallerExample.user("alice");
        return Stream.of(
                argumentSet("another person's", ALICE.onBehalfOf(), with("sub", "bob"), "sub"),
                argumentSet("another audience", ALICE.onBehalfOf(), with("aud", "reports-api"), "aud"),
                argumentSet(
                        "fewer scopes",
                        ALICE.scopes("read").grantingLess().onBehalfOf(),
                        with("scope", "write"),
                        "scope"),
                argumentSet(
                        "too many actors",
                        ALICE.subject(alice.claim("act", act("a", "b"))).onBehalfOf(),
                        with("act", act("gateway", "a", "b")),
                        "act"),
                argumentSet(
                        "the last step of a chain for another audience",
                        ALICE.audience("partner-api").after(ALICE),
                        claims(),
                        "aud"),
                argumentSet(
                        "the last step of a chain for another person",
                        ALICE.after(ALICE.audience("partner-server")),
                        with("sub", "bob"),
                        "sub"),
                argumentSet("ended", ALICE.onBehalfOf(), with("exp", NOW.getEpochSecond()), "it"));
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void whatDoesNotFitSaysWhichClaim(Grant grant, Map<String, Object> claims, String what) {
        assertThat(TOKENS.hold(grant, answer(Jwts.of(claims)), NOW))
                .isInstanceOfSatisfying(IssuedTokens.Held.DoesNotFit.class, unfit -> {
                    assertThat(unfit.what()).isEqualTo(what);
                    assertThat(unfit.reason()).startsWith(what + " ");
                });
    }

    @Test
    void theLastStepOfAChainAndTheGatewayAsActorFit() {
        Grant.ClientCredentials own = ALICE.clientCredentials();

        for (Grant grant : new Grant[] {
            ALICE.after(ALICE.audience("partner-server")),
            ALICE.actor(new Actor.Gateway(own)).onBehalfOf(),
            own,
            GrantExample.of(CallerExample.user("alice")).onBehalfOf()
        }) {
            assertThat(TOKENS.hold(grant, answer(Jwts.of(claims())), NOW)).isInstanceOf(IssuedTokens.Held.Fits.class);
        }
    }
}
