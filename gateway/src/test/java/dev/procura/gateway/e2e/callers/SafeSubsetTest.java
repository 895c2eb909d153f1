package dev.procura.gateway.e2e.callers;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of everything that a token says of a person, an API is told what identifies the caller; no log is told anything. */
final class SafeSubsetTest {

    static Stream<Token> tokens() {
        return Stream.of(
                        EntraTokens.userV1(EntraTokens.ORCHID, EntraTokens.ANA),
                        EntraTokens.userV2(EntraTokens.ORCHID, EntraTokens.ANA))
                .map(token -> token.with("groups", List.of("group-of-the-works-council"))
                        .with("roles", List.of("clerk-of-the-court"))
                        .with("idp", "identity-provider.test")
                        .with("email", "ana.mail@orchid.test"));
    }

    @ParameterizedTest(name = "version {index}")
    @MethodSource("tokens")
    void nothingElseReachesTheApiOrTheLog(Token token) throws ParseException {
        Callers callers = Callers.fresh();

        Row row = Row.of("a user", token);

        Attempt attempt = Attempt.of(callers, row);

        JWTClaimsSet statement = SignedJWT.parse(
                        callers.tier().last().header("Procura-User-Context").orElseThrow())
                .getJWTClaimsSet();
        assertThat(statement.getClaims().keySet())
                .containsExactlyInAnyOrder("iss", "aud", "iat", "exp", "jti", "ath", "caller", "scope");
        assertThat(statement.getStringClaim("scope")).isEqualTo("orders.read orders.write");
        assertThat(statement.getJSONObjectClaim("caller"))
                .isEqualTo(Map.of(
                        "iss",
                        token.claims().get("iss"),
                        "tenant",
                        EntraTokens.ORCHID,
                        "identity",
                        Map.of("oid", EntraTokens.ANA),
                        "client_id",
                        EntraTokens.NATIVE_CLIENT,
                        "kind",
                        "user"));
        assertThat(row.secrets(callers.configuration()))
                .contains("ana.mail@orchid.test")
                .allSatisfy(secret -> assertThat(attempt.log()).noneMatch(line -> line.contains(secret)));
        assertThat(attempt.answer().statusCode()).isEqualTo(200);
        assertThat(callers.tier().last().everything()).doesNotContain(token.text());
    }
}
