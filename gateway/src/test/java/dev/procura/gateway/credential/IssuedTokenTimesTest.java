package dev.procura.gateway.credential;

import static dev.procura.gateway.credential.IssuedTokenExample.ALICE;
import static dev.procura.gateway.credential.IssuedTokenExample.assertDoesNotFit;
import static dev.procura.gateway.credential.IssuedTokenExample.assertFits;
import static dev.procura.gateway.credential.IssuedTokenExample.at;
import static dev.procura.gateway.credential.IssuedTokenExample.claims;
import static dev.procura.gateway.credential.IssuedTokenExample.judge;
import static dev.procura.gateway.credential.IssuedTokenExample.with;
import static dev.procura.gateway.credential.IssuedTokenExample.without;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IssuedTokenTimesTest {

    static Stream<Arguments> ends() {
        Optional<Instant> unknown = Optional.empty();
        return Stream.of(
                argumentSet("exp before expires_in", claims(), at(301), at(300)),
                argumentSet("expires_in before exp", claims(), at(299), at(299)),
                argumentSet("both the same", claims(), at(300), at(300)),
                argumentSet("exp alone", claims(), unknown, at(300)),
                argumentSet("expires_in alone", without("exp"), at(60), at(60)),
                argumentSet("neither", without("exp"), unknown, unknown),
                argumentSet("exp in a second", with("exp", NOW.getEpochSecond() + 1), at(60), at(1)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void aTokenEndsAtTheEarlierOfItsOwnEndAndTheAnswers(
            Map<String, Object> claims, Optional<Instant> answered, Optional<Instant> end) {
        AccessToken token = new AccessToken(TokenValue.of(Jwts.of(claims)), answered, Optional.empty());

        assertThat(IssuedToken.judge(ALICE.onBehalfOf(), token, 5, NOW))
                .isInstanceOfSatisfying(
                        IssuedToken.Verdict.Fits.class,
                        fits -> assertThat(fits.token().expiresAt()).isEqualTo(end));
    }

    static Stream<Arguments> tokensThatAreOver() {
        return Stream.of(
                argumentSet("exp now", with("exp", NOW.getEpochSecond()), at(300)),
                argumentSet("exp a second ago", with("exp", NOW.getEpochSecond() - 1), at(300)),
                argumentSet("exp in 1970", with("exp", 0), at(300)),
                argumentSet("expires_in 0", claims(), at(0)),
                argumentSet("expires_in long ago", without("exp"), at(-1)));
    }

    @ParameterizedTest
    @MethodSource("tokensThatAreOver")
    void aTokenThatIsOverAlreadyDoesNotFit(Map<String, Object> claims, Optional<Instant> answered) {
        AccessToken token = new AccessToken(TokenValue.of(Jwts.of(claims)), answered, Optional.empty());

        assertDoesNotFit(IssuedToken.judge(ALICE.onBehalfOf(), token, 5, NOW), "expired");
    }

    @Test
    void aTokenOfLaterDoesNotFitBeyondTheSkewOfClocks() {
        assertFits(judge(ALICE.onBehalfOf(), with("nbf", NOW.plusSeconds(30).getEpochSecond())));
        assertDoesNotFit(
                judge(ALICE.onBehalfOf(), with("nbf", NOW.plusSeconds(31).getEpochSecond())), "nbf");
    }

    static Stream<Arguments> timesThatAreNone() {
        return Stream.of(
                argumentSet("exp before 1970", with("exp", -1)),
                argumentSet("exp that is a text", with("exp", "1")),
                argumentSet("exp that is a list", with("exp", List.of(NOW.getEpochSecond() + 300))),
                argumentSet("exp after the year 9999", with("exp", Long.MAX_VALUE)),
                argumentSet("nbf that is a text", with("nbf", "1")));
    }

    @ParameterizedTest
    @MethodSource("timesThatAreNone")
    void aTokenWhoseTimesCannotBeReadDoesNotFit(Map<String, Object> claims) {
        assertDoesNotFit(judge(ALICE.onBehalfOf(), claims), "");
        assertDoesNotFit(judge(ALICE.clientCredentials(), claims), "");
    }
}
