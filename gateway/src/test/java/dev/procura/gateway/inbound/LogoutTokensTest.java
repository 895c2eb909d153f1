package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.StepVerifier;

/** OpenID Connect Back-Channel Logout 1.0 section 2.6, each rule broken once. */
final class LogoutTokensTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Instant NOW = TestTokens.NOW;
    private static final LoopbackServer KEYS = LoopbackServer.start();
    private static final String OTHER_ISSUER = "https://id.example.org";

    private final MutableClock clock = MutableClock.at(NOW);
    private final LogoutTokens tokens = new LogoutTokens(issuers("generic"), clock);

    @BeforeAll
    static void publishKeys() {
        KEYS.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA, TestTokens.EC));
        KEYS.answer("/other", 200, TestTokens.keySet(TestTokens.NEW_RSA));
    }

    @AfterAll
    static void close() {
        KEYS.close();
    }

    @Test
    void aLogoutTokenEndsItsSession() {
        LogoutTokens.Logout logout = accepted(tokens, logout().without("sub"));

        assertThat(logout.ended()).containsExactly(new Revocation.What.Session(TestTokens.ISSUER, "s1"));
        assertThat(logout.issuedAt()).isEqualTo(NOW);
    }

    @Test
    void oneWithoutASessionEndsAllOfTheUser() {
        assertThat(accepted(tokens, logout().without("sid")).ended())
                .containsExactly(new Revocation.What.Subject(TestTokens.ISSUER, "alice"));
    }

    /** Keycloak's access tokens name their session. Of another server nobody knows that: its user's tokens all have to go. */
    @ParameterizedTest
    @CsvSource({"keycloak, false", "generic, true"})
    void withBothTheUserIsSparedWhereTheSessionCanBeTold(String profile, boolean wholeUser) {
        LogoutTokens some = new LogoutTokens(issuers(profile), clock);

        List<Revocation.What> ended = accepted(some, logout()).ended();

        assertThat(ended).contains(new Revocation.What.Session(TestTokens.ISSUER, "s1"));
        assertThat(ended.contains(new Revocation.What.Subject(TestTokens.ISSUER, "alice")))
                .isEqualTo(wholeUser);
    }

    static Stream<Arguments> asServersWriteThem() {
        return Stream.of(
                Arguments.of("the type with its prefix", logout().header("typ", "application/logout+jwt")),
                Arguments.of("the type in capitals", logout().header("typ", "LOGOUT+JWT")),
                Arguments.of("an elliptic curve", logout().signedBy(TestTokens.EC)),
                Arguments.of("several audiences", logout().claim("aud", List.of("another", "web-app"))),
                Arguments.of("something in the event", logout().claim("events", events(Map.of("a", 1)))),
                Arguments.of(
                        "another event beside it",
                        logout().claim("events", Map.of(LogoutTokens.EVENT, Map.of(), "urn:other", Map.of()))),
                Arguments.of("the clock is ahead by less than the skew", logout().claim("iat", at(29))),
                Arguments.of("Keycloak's mark", logout().claim("typ", "Logout")),
                Arguments.of(
                        "ended less than the skew ago",
                        logout().claim("iat", at(-100)).claim("exp", at(-29))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("asServersWriteThem")
    void isTaken(String what, TestTokens token) {
        accepted(tokens, token);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                refusal("no type", Problem.TOKEN_TYPE_REFUSED, logout().withoutHeader("typ")),
                refusal("type JWT", Problem.TOKEN_TYPE_REFUSED, logout().header("typ", "JWT")),
                refusal("an access token's type", Problem.TOKEN_TYPE_REFUSED, logout().header("typ", "at+jwt")),
                refusal("a security event's type", Problem.TOKEN_TYPE_REFUSED, logout().header("typ", "secevent+jwt")),
                refusal("HS256", Problem.ALGORITHM_REFUSED, logout().header("alg", "HS256")),
                refusal("an algorithm that is not listed", Problem.ALGORITHM_REFUSED, logout().header("alg", "RS384")),
                refusal(
                        "another key of the same name",
                        Problem.SIGNATURE_INVALID,
                        new TestTokens(logout().header(), logout().claims(), TestTokens.OTHER_RSA)),
                refusal("the key of another issuer", Problem.KEY_UNKNOWN, logout().signedBy(TestTokens.NEW_RSA)),
                refusal(
                        "a key of its own",
                        Problem.TOKEN_MALFORMED,
                        logout().header("jwk", TestTokens.RSA.toPublicJWK().toJSONObject())),
                refusal("a key from elsewhere", Problem.TOKEN_MALFORMED, logout().header("jku", "https://e.example")),
                refusal("an extension", Problem.TOKEN_MALFORMED, logout().header("crit", List.of("exp"))),
                refusal("no issuer", Problem.TOKEN_MALFORMED, logout().without("iss")),
                refusal("an unknown issuer", Problem.TOKEN_MALFORMED, logout().claim("iss", "https://e.example")),
                refusal(
                        "an issuer spelled otherwise",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("iss", TestTokens.ISSUER + "/")),
                refusal(
                        "an issuer without the block",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("iss", OTHER_ISSUER).signedBy(TestTokens.NEW_RSA)),
                refusal("another issuer's name", Problem.TOKEN_MALFORMED, logout().claim("iss", OTHER_ISSUER)),
                refusal("no audience", Problem.TOKEN_MALFORMED, logout().without("aud")),
                refusal("another client", Problem.TOKEN_MALFORMED, logout().claim("aud", "another")),
                refusal("the gateway's own audience", Problem.TOKEN_MALFORMED, logout().claim("aud", "gateway")),
                refusal("no iat", Problem.TOKEN_MALFORMED, logout().without("iat")),
                refusal("iat as text", Problem.TOKEN_MALFORMED, logout().claim("iat", "now")),
                refusal(
                        "iat in the future",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("iat", at(31)).claim("exp", at(60))),
                refusal("not valid yet", Problem.TOKEN_MALFORMED, logout().claim("nbf", at(31))),
                refusal("nbf as text", Problem.TOKEN_MALFORMED, logout().claim("nbf", "now")),
                refusal("no exp", Problem.TOKEN_MALFORMED, logout().without("exp")),
                refusal(
                        "expired",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("iat", at(-100)).claim("exp", at(-30))),
                refusal("it lives too long", Problem.TOKEN_MALFORMED, logout().claim("exp", at(3601))),
                refusal(
                        "it ends before it begins",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("iat", at(20)).claim("exp", at(10))),
                refusal("no jti", Problem.TOKEN_MALFORMED, logout().without("jti")),
                refusal("an empty jti", Problem.TOKEN_MALFORMED, logout().claim("jti", "")),
                refusal("jti as a number", Problem.TOKEN_MALFORMED, logout().claim("jti", 7)),
                refusal("a long jti", Problem.TOKEN_MALFORMED, logout().claim("jti", "x".repeat(256))),
                refusal("no events", Problem.TOKEN_MALFORMED, logout().without("events")),
                refusal("events as text", Problem.TOKEN_MALFORMED, logout().claim("events", LogoutTokens.EVENT)),
                refusal(
                        "events as a list",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("events", List.of(LogoutTokens.EVENT))),
                refusal("no events in it", Problem.TOKEN_MALFORMED, logout().claim("events", Map.of())),
                refusal(
                        "another event",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("events", Map.of(LogoutTokens.EVENT + "/", Map.of()))),
                refusal("an event that is true", Problem.TOKEN_MALFORMED, logout().claim("events", events(true))),
                refusal(
                        "an event that is a list",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("events", events(List.of()))),
                refusal("a nonce", Problem.TOKEN_MALFORMED, logout().claim("nonce", "n")),
                refusal("an empty nonce", Problem.TOKEN_MALFORMED, logout().claim("nonce", "")),
                refusal("a nonce of null", Problem.TOKEN_MALFORMED, logout().claim("nonce", null)),
                refusal(
                        "nobody",
                        Problem.TOKEN_MALFORMED,
                        logout().without("sub").without("sid")),
                refusal("an empty sub", Problem.TOKEN_MALFORMED, logout().claim("sub", "")),
                refusal("sub as a list", Problem.TOKEN_MALFORMED, logout().claim("sub", List.of("alice"))),
                refusal("sid as a number", Problem.TOKEN_MALFORMED, logout().claim("sid", 1)),
                refusal(
                        "everybody",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("sub", "Not supported currently. Use oid claim.")),
                refusal("it calls itself an ID token", Problem.TOKEN_MALFORMED, logout().claim("typ", "ID")),
                refusal(
                        "it calls itself an access token",
                        Problem.TOKEN_MALFORMED,
                        logout().claim("token_use", "access")),
                refusal("an access token", Problem.TOKEN_TYPE_REFUSED, TestTokens.ofAlice()),
                refusal(
                        "an access token that says it is none",
                        Problem.TOKEN_MALFORMED,
                        TestTokens.ofAlice().header("typ", "logout+jwt")));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("broken")
    void isRefused(String what, Problem problem, TestTokens token) {
        refused(tokens, token.text(), problem);
    }

    @Test
    void whatIsNoSignedTokenIsRefused() {
        String good = logout().text();
        String payload = good.split("\\.", -1)[1];
        for (String text : List.of(
                "",
                "x",
                "..",
                good + "=",
                good + ".x",
                Base64URL.encode("{\"alg\":\"none\"}") + "." + payload + ".",
                Base64URL.encode("{\"alg\":\"none\",\"typ\":\"logout+jwt\"}") + "." + payload + ".AA",
                logout().signed("[]"),
                "a".repeat(20_000))) {
            refused(tokens, text, Problem.TOKEN_MALFORMED);
        }
    }

    @Test
    void aTokenIsTakenOnce() {
        TestTokens token = logout();
        accepted(tokens, token);

        refused(tokens, token.text(), Problem.TOKEN_MALFORMED);
        refused(tokens, token.claim("sid", "s2").text(), Problem.TOKEN_MALFORMED);
        accepted(tokens, token.claim("jti", "another"));
    }

    @Test
    void aReplayIsRefusedToTheLastMomentOfItsLife() {
        TestTokens token = logout().claim("exp", at(60));
        accepted(tokens, token);

        clock.set(NOW.plusSeconds(60 + 29));

        refused(tokens, token.text(), Problem.TOKEN_MALFORMED);
    }

    /** Or somebody who cannot sign could use up the ids of the tokens to come. */
    @Test
    void aRefusedTokenUsesNoIdUp() {
        TestTokens token = logout().claim("jti", "known");
        refused(tokens, token.claim("nonce", "n").text(), Problem.TOKEN_MALFORMED);
        refused(
                tokens,
                new TestTokens(token.header(), token.claims(), TestTokens.OTHER_RSA).text(),
                Problem.SIGNATURE_INVALID);

        accepted(tokens, token);
    }

    @Test
    void withoutTheKeysNothingIsSaidOfTheToken() {
        Issuers issuers = Issuers.of(
                Map.of("corp", TestIssuers.corp(KEYS.origin() + "/gone", Map.of("logout.audiences", "web-app"))),
                IssuerSurroundings.at(clock));

        refused(new LogoutTokens(issuers, clock), logout().text(), Problem.KEYS_UNAVAILABLE);
    }

    @Test
    void serversThatSendNoTypeOfTheirOwnAreTakenWhereTheSettingSaysSo() {
        Issuers issuers = Issuers.of(
                Map.of(
                        "corp",
                        TestIssuers.corp(
                                KEYS.origin() + "/keys",
                                Map.of("logout.audiences", "web-app", "logout.token-types", "jwt"))),
                IssuerSurroundings.at(clock));
        LogoutTokens some = new LogoutTokens(issuers, clock);

        accepted(some, logout().header("typ", "JWT"));
        accepted(some, logout().withoutHeader("typ"));
        refused(some, logout().text(), Problem.TOKEN_TYPE_REFUSED);
        refused(some, idToken().text(), Problem.TOKEN_MALFORMED);
        refused(some, idToken().without("nonce").text(), Problem.TOKEN_MALFORMED);
    }

    /** Entra's tenants have an issuer each; a logout token may or may not repeat the tenant. */
    @Test
    void theTenantOfATemplateIsThatOfTheToken() {
        String tenant = "8f5c2d3e-0000-4000-8000-000000000001";
        String issuer = "https://login.microsoftonline.com/" + tenant + "/v2.0";
        Issuers issuers = Issuers.of(
                Map.of(
                        "staff",
                        TestIssuers.block(Map.of(
                                "profile",
                                "entra",
                                "issuer",
                                "https://login.microsoftonline.com/{tenantid}/v2.0",
                                "tenants",
                                tenant,
                                "audiences",
                                "gateway",
                                "jwks-uri",
                                KEYS.origin() + "/keys",
                                "logout.audiences",
                                "web-app"))),
                IssuerSurroundings.at(clock));
        LogoutTokens some = new LogoutTokens(issuers, clock);
        TestTokens token = logout().claim("iss", issuer);

        assertThat(accepted(some, token.without("sub")).ended())
                .containsExactly(new Revocation.What.Session(issuer, "s1"));
        accepted(some, token.claim("jti", "2").claim("tid", tenant));
        refused(some, token.claim("jti", "3").claim("tid", "other").text(), Problem.TOKEN_MALFORMED);
        refused(some, token.claim("iss", issuer.replace("8f5c", "9f5c")).text(), Problem.TOKEN_MALFORMED);
    }

    private static Arguments refusal(String what, Problem problem, TestTokens token) {
        return Arguments.of(what, problem, token);
    }

    private static TestTokens logout() {
        Map<String, Object> claims = new HashMap<>();
        claims.put("iss", TestTokens.ISSUER);
        claims.put("aud", "web-app");
        claims.put("sub", "alice");
        claims.put("sid", "s1");
        claims.put("iat", at(0));
        claims.put("exp", at(120));
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("events", events(Map.of()));
        return new TestTokens(Map.of("alg", "RS256", "typ", "logout+jwt", "kid", "k1"), claims, TestTokens.RSA);
    }

    private static TestTokens idToken() {
        return logout().without("events").claim("nonce", "n").header("typ", "JWT");
    }

    private static Map<String, Object> events(Object event) {
        return Map.of(LogoutTokens.EVENT, event);
    }

    private static long at(int seconds) {
        return NOW.plusSeconds(seconds).getEpochSecond();
    }

    private Issuers issuers(String profile) {
        Map<String, Object> corp = new HashMap<>(Map.of("logout.audiences", "web-app,mobile-app", "profile", profile));
        Map<String, Object> other =
                Map.of("issuer", OTHER_ISSUER, "audiences", "gateway", "jwks-uri", KEYS.origin() + "/other");
        return Issuers.of(
                Map.of("corp", TestIssuers.corp(KEYS.origin() + "/keys", corp), "other", TestIssuers.block(other)),
                IssuerSurroundings.at(clock));
    }

    private static LogoutTokens.Logout accepted(LogoutTokens tokens, TestTokens token) {
        return tokens.validate(token.text()).blockOptional(SOON).orElseThrow();
    }

    private static void refused(LogoutTokens tokens, String token, Problem problem) {
        StepVerifier.create(tokens.validate(token))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(ProblemException.class, failure -> {
                            assertThat(failure.problem()).as(failure.reason()).isEqualTo(problem);
                            assertThat(failure.reason()).doesNotContain("alice");
                        }))
                .verify(SOON);
    }
}
