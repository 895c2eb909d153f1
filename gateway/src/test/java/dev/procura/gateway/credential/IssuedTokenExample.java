package dev.procura.gateway.credential;

import static dev.procura.gateway.fixture.CallerExample.ISSUER;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Alice's token for orders-api, right in every way unless a test changes it. */
final class IssuedTokenExample {

    static final GrantExample ALICE = GrantExample.ofAlice();

    private IssuedTokenExample() {}

    static Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("aud", "orders-api");
        claims.put("sub", "alice");
        claims.put("iat", NOW.getEpochSecond());
        claims.put("exp", NOW.plusSeconds(300).getEpochSecond());
        return claims;
    }

    static Map<String, Object> with(String name, Object value) {
        Map<String, Object> claims = claims();
        claims.put(name, value);
        return claims;
    }

    static Map<String, Object> without(String name) {
        Map<String, Object> claims = claims();
        claims.remove(name);
        return claims;
    }

    /** An {@code act} claim; the current actor comes first. */
    static Map<String, Object> act(String... currentFirst) {
        Map<String, Object> act = new LinkedHashMap<>();
        for (int i = currentFirst.length - 1; i >= 0; i--) {
            Map<String, Object> outer = new LinkedHashMap<>();
            outer.put("sub", currentFirst[i]);
            outer.put("iss", ISSUER);
            if (!act.isEmpty()) {
                outer.put("act", act);
            }
            act = outer;
        }
        return act;
    }

    static String payload(Map<String, Object> claims) {
        return JSONObjectUtils.toJSONString(claims);
    }

    static Optional<Instant> at(long seconds) {
        return Optional.of(NOW.plusSeconds(seconds));
    }

    static AccessToken answer(String token) {
        return new AccessToken(TokenValue.of(token), at(300), Optional.empty());
    }

    static IssuedToken.Verdict judge(Grant grant, Map<String, Object> claims) {
        return IssuedToken.judge(grant, answer(Jwts.of(claims)), 5, NOW);
    }

    static void assertFits(IssuedToken.Verdict verdict) {
        assertThat(verdict).isInstanceOf(IssuedToken.Verdict.Fits.class);
    }

    static void assertDoesNotFit(IssuedToken.Verdict verdict, String reason) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        IssuedToken.Verdict.DoesNotFit.class,
                        unfit -> assertThat(unfit.reason()).contains(reason));
    }
}
