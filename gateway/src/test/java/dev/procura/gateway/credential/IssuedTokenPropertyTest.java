package dev.procura.gateway.credential;

import static dev.procura.gateway.fixture.CallerExample.ISSUER;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for whatever an authorization server could put into a token. */
class IssuedTokenPropertyTest {

    private static final int ROUNDS = 4000;

    private static final List<String> NAMES =
            List.of("iss", "aud", "sub", "exp", "nbf", "iat", "cnf", "act", "scope", "scp", "jti", "typ");

    private static final List<Object> VALUES = Arrays.asList(
            "",
            " ",
            "alice",
            "bob",
            "gateway",
            "orders-api",
            "orders",
            "orders admin",
            ISSUER,
            0,
            -1,
            NOW.getEpochSecond(),
            NOW.getEpochSecond() + 100,
            NOW.getEpochSecond() - 100,
            Long.MAX_VALUE,
            Double.MAX_VALUE,
            Double.MIN_VALUE,
            true,
            false,
            null,
            List.of(),
            List.of("orders-api"),
            List.of("gateway", "orders-api"),
            Arrays.asList(1, null, List.of(), "orders"),
            Map.of(),
            Map.of("sub", "gateway"),
            Map.of("sub", "gateway", "act", Map.of("sub", "native-app")),
            Map.of("act", 7),
            deep(40));

    private static final List<String> HEADERS = List.of(
            "{\"alg\":\"RS256\"}",
            "{\"alg\":\"none\"}",
            "{\"alg\":\"\"}",
            "{\"alg\":null}",
            "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
            "{\"alg\":\"RSA-OAEP\",\"enc\":\"A128GCM\"}",
            "{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]}",
            "{\"alg\":\"RS256\",\"x5c\":[\"AAAA\"]}",
            "{\"alg\":\"RS256\",\"zip\":\"DEF\"}",
            "[]",
            "null",
            "",
            "{",
            "{\"alg\":\"RS256\",\"alg\":\"none\"}");

    private static final GrantExample ALICE = GrantExample.ofAlice().scopes("orders");

    @Test
    void everyTokenGetsAVerdictAndNoFittingOneIsForSomebodyElse() {
        Randomly.check(random -> {
            for (int round = 0; round < ROUNDS; round++) {
                Map<String, Object> claims = claims(random);
                String header = random.nextInt(3) > 0 ? HEADERS.get(0) : Randomly.oneOf(random, HEADERS);
                AccessToken token = token(Jwts.of(header, claims), random);
                Grant grant = random.nextBoolean() ? ALICE.onBehalfOf() : ALICE.clientCredentials();

                IssuedToken.Verdict verdict = IssuedToken.judge(grant, token, 5, NOW);

                if (verdict instanceof IssuedToken.Verdict.Fits fits && header.equals(HEADERS.get(0))) {
                    assertThat(fits.token().isExpired(NOW)).isFalse();
                    assertThat(claims).as("round %s", round).containsEntry("iss", ISSUER);
                    assertThat(claims.get("aud"))
                            .isIn("orders-api", List.of("orders-api"), List.of("gateway", "orders-api"));
                    assertThat(claims.get("cnf")).isNull();
                    if (grant instanceof Grant.OnBehalfOf) {
                        assertThat(claims).containsEntry("sub", "alice");
                    }
                }
            }
        });
    }

    @Test
    void everyMutilatedTokenGetsAVerdict() {
        Randomly.check(random -> {
            for (int round = 0; round < ROUNDS; round++) {
                StringBuilder text = new StringBuilder(Jwts.of(claims(random)));
                for (int change = random.nextInt(4); change >= 0 && text.length() > 1; change--) {
                    mutilate(text, random);
                }
                if (TokenValue.isB64Token(text.toString())) {
                    assertThat(IssuedToken.judge(ALICE.onBehalfOf(), token(text.toString(), random), 5, NOW))
                            .isNotNull();
                }
            }
        });
    }

    /** The right claims, of which a few are replaced. */
    private static Map<String, Object> claims(Random random) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("aud", "orders-api");
        claims.put("sub", "alice");
        claims.put("exp", NOW.getEpochSecond() + 300);
        claims.put("scope", "orders");
        for (int change = random.nextInt(4); change > 0; change--) {
            String name = Randomly.oneOf(random, NAMES);
            if (random.nextInt(5) == 0) {
                claims.remove(name);
            } else {
                claims.put(name, Randomly.oneOf(random, VALUES));
            }
        }
        return claims;
    }

    private static AccessToken token(String text, Random random) {
        return new AccessToken(
                TokenValue.of(text),
                random.nextBoolean() ? Optional.empty() : Optional.of(NOW.plusSeconds(random.nextInt(100))),
                random.nextBoolean() ? Optional.empty() : Optional.of(Scopes.of("orders")));
    }

    private static void mutilate(StringBuilder text, Random random) {
        int place = random.nextInt(text.length());
        switch (random.nextInt(4)) {
            case 0 -> text.deleteCharAt(place);
            case 1 -> text.insert(place, '.');
            case 2 -> text.setCharAt(place, (char) ('A' + random.nextInt(26)));
            default -> text.setLength(place + 1);
        }
    }

    private static Object deep(int levels) {
        Object inner = Map.of("sub", "a");
        for (int i = 0; i < levels; i++) {
            inner = Map.of("sub", "a", "act", inner);
        }
        return inner;
    }
}
