package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Who is let in, and with which reason everybody else is not. */
final class AuthenticatorTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final CacheBounds BOUNDS = new CacheBounds(1000, 10_000_000);
    private static final LoopbackServer KEYS = LoopbackServer.start();

    private final MutableClock clock = MutableClock.at(TestTokens.NOW);

    @BeforeAll
    static void publishKeys() {
        KEYS.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA, TestTokens.EC, TestTokens.ec("e384", Curve.P_384)));
    }

    @AfterAll
    static void close() {
        KEYS.close();
    }

    @Test
    void knowsWhoseTokenItIsAndWhatItMayDo() {
        TestTokens token = TestTokens.ofAlice();

        Caller.Known caller = accepted(corp(Map.of()), token.value());

        assertThat(caller.issuerName()).isEqualTo("corp");
        assertThat(caller.identity())
                .isEqualTo(new Identity(TestTokens.ISSUER, Optional.empty(), Map.of("sub", "alice")));
        assertThat(caller.kind()).isEqualTo(Caller.Kind.USER);
        assertThat(caller.clientId()).contains("native-app");
        assertThat(caller.audiences()).containsExactly("gateway");
        assertThat(caller.scopes()).isEqualTo(Scopes.of("orders.read", "profile"));
        assertThat(caller.roles()).containsExactly("clerk");
        assertThat(caller.token()).isEqualTo(token.value());
        assertThat(caller.expiresAt()).isEqualTo(TestTokens.NOW.plusSeconds(3600));
        assertThat(caller.claims().string("scope")).contains("orders.read profile");
    }

    @ParameterizedTest
    @CsvSource({"RS256", "PS256"})
    void acceptsTheSignaturesOfAnRsaKey(String algorithm) {
        accepted(corp(Map.of()), TestTokens.ofAlice().header("alg", algorithm).value());
    }

    @Test
    void acceptsTheSignatureOfAnEllipticCurveKey() {
        accepted(corp(Map.of()), TestTokens.ofAlice().signedBy(TestTokens.EC).value());
    }

    @Test
    void triesEveryKeyOfTheRightKindWhenTheTokenNamesNone() {
        accepted(corp(Map.of()), TestTokens.ofAlice().withoutHeader("kid").value());
        accepted(
                corp(Map.of()),
                TestTokens.ofAlice()
                        .signedBy(TestTokens.EC)
                        .withoutHeader("kid")
                        .value());
        refused(
                corp(Map.of()),
                TestTokens.ofAlice()
                        .signedBy(TestTokens.NEW_RSA)
                        .withoutHeader("kid")
                        .value(),
                Problem.SIGNATURE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+JWT", "jwt", "JWT", "application/jwt"})
    void acceptsTheTypesOfAccessTokens(String type) {
        accepted(corp(Map.of()), TestTokens.ofAlice().header("typ", type).value());
    }

    @Test
    void takesAnAbsentTypeForJwt() {
        TokenValue untyped = TestTokens.ofAlice().withoutHeader("typ").value();

        accepted(corp(Map.of()), untyped);
        refused(corp(Map.of("token-types", "at+jwt")), untyped, Problem.TOKEN_TYPE_REFUSED);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refusedTokens")
    void refuses(String what, Problem problem, TestTokens token) {
        refused(corp(Map.of()), token.value(), problem);
    }

    static Stream<Arguments> refusedTokens() {
        TestTokens token = TestTokens.ofAlice();
        JWK publicKey = TestTokens.NEW_RSA.toPublicJWK();
        return Stream.of(
                // RFC 8725 section 3.1: the algorithm is ours to choose.
                refusal("HS256 made with the public key", Problem.ALGORITHM_REFUSED, token.header("alg", "HS256")),
                refusal("HS512 made with the public key", Problem.ALGORITHM_REFUSED, token.header("alg", "HS512")),
                refusal("RS384, which is not configured", Problem.ALGORITHM_REFUSED, token.header("alg", "RS384")),
                refusal("PS512, which is not configured", Problem.ALGORITHM_REFUSED, token.header("alg", "PS512")),
                refusal(
                        "ES384, which is not configured",
                        Problem.ALGORITHM_REFUSED,
                        token.signedBy(TestTokens.ec("e384", Curve.P_384)).header("alg", "ES384")),
                refusal("an RSA algorithm with the id of an EC key", Problem.KEY_UNKNOWN, token.header("kid", "e1")),
                refusal("an unknown key", Problem.KEY_UNKNOWN, token.signedBy(TestTokens.NEW_RSA)),
                refusal(
                        "another key under a known id",
                        Problem.SIGNATURE_INVALID,
                        token.signedBy(TestTokens.OTHER_RSA)),
                refusal(
                        "another EC key under a known id",
                        Problem.SIGNATURE_INVALID,
                        token.signedBy(TestTokens.ec("e1", Curve.P_256))),
                // RFC 8725 section 3.11: other kinds of token of the same issuer.
                refusal("a logout token", Problem.TOKEN_TYPE_REFUSED, token.header("typ", "logout+jwt")),
                refusal("a DPoP proof", Problem.TOKEN_TYPE_REFUSED, token.header("typ", "dpop+jwt")),
                refusal("a user context", Problem.TOKEN_TYPE_REFUSED, token.header("typ", "procura-user-context+jwt")),
                refusal(
                        "an introspection answer",
                        Problem.TOKEN_TYPE_REFUSED,
                        token.header("typ", "token-introspection+jwt")),
                refusal("an empty type", Problem.TOKEN_TYPE_REFUSED, token.header("typ", "")),
                refusal("an ID token", Problem.TOKEN_TYPE_REFUSED, token.claim("at_hash", "QZLTlGmZf7YlJzUtHP_iOQ")),
                refusal(
                        "an ID token of a code flow",
                        Problem.TOKEN_TYPE_REFUSED,
                        token.claim("c_hash", "LDktKdoQak3Pk0cnXxCltA")),
                // Rule 3: keys come from the configuration alone.
                refusal("jku", Problem.TOKEN_MALFORMED, token.header("jku", "https://evil.example/keys")),
                refusal("x5u", Problem.TOKEN_MALFORMED, token.header("x5u", "https://evil.example/cert")),
                refusal(
                        "jwk",
                        Problem.TOKEN_MALFORMED,
                        new TestTokens(token.header(), token.claims(), TestTokens.NEW_RSA)
                                .header("jwk", publicKey.toJSONObject())),
                refusal(
                        "a good signature beside a jwk",
                        Problem.TOKEN_MALFORMED,
                        token.header("jwk", publicKey.toJSONObject())),
                refusal(
                        "a private jwk",
                        Problem.TOKEN_MALFORMED,
                        token.header("jwk", TestTokens.NEW_RSA.toJSONObject())),
                refusal(
                        "an oct jwk",
                        Problem.TOKEN_MALFORMED,
                        token.header("jwk", Map.of("kty", "oct", "k", "c2VjcmV0"))),
                refusal("x5c", Problem.TOKEN_MALFORMED, token.header("x5c", List.of("MIIB"))),
                refusal(
                        "crit",
                        Problem.TOKEN_MALFORMED,
                        token.header("crit", List.of("exp")).header("exp", 1)),
                refusal("crit of nothing", Problem.TOKEN_MALFORMED, token.header("crit", List.of())),
                refusal("crit of an absent member", Problem.TOKEN_MALFORMED, token.header("crit", List.of("x"))),
                refusal(
                        "b64",
                        Problem.TOKEN_MALFORMED,
                        token.header("b64", false).header("crit", List.of("b64"))),
                refusal("b64 without crit", Problem.TOKEN_MALFORMED, token.header("b64", false)),
                // Time.
                refusal("no exp", Problem.TOKEN_MALFORMED, token.without("exp")),
                refusal("a string for exp", Problem.TOKEN_MALFORMED, token.claim("exp", "1900000000")),
                refusal("a list for exp", Problem.TOKEN_MALFORMED, token.claim("exp", List.of(1_900_000_000))),
                refusal("true for exp", Problem.TOKEN_MALFORMED, token.claim("exp", true)),
                refusal("a negative exp", Problem.TOKEN_MALFORMED, token.claim("exp", -1)),
                refusal("an exp beyond all years", Problem.TOKEN_MALFORMED, token.claim("exp", Long.MAX_VALUE)),
                refusal("an exp in milliseconds", Problem.TOKEN_MALFORMED, token.claim("exp", 1_900_000_000_000L)),
                refusal("exp 0", Problem.TOKEN_EXPIRED, token.claim("exp", 0)),
                refusal("a string for nbf", Problem.TOKEN_MALFORMED, token.claim("nbf", "0")),
                refusal("a string for iat", Problem.TOKEN_MALFORMED, token.claim("iat", "0")),
                // For whom, whose.
                refusal("no aud", Problem.AUDIENCE_MISMATCH, token.without("aud")),
                refusal("another aud", Problem.AUDIENCE_MISMATCH, token.claim("aud", "billing-api")),
                refusal("an aud that begins alike", Problem.AUDIENCE_MISMATCH, token.claim("aud", "gateway2")),
                refusal("an aud in other letters", Problem.AUDIENCE_MISMATCH, token.claim("aud", "Gateway")),
                refusal("two aud in one string", Problem.AUDIENCE_MISMATCH, token.claim("aud", "gateway orders-api")),
                refusal("an empty aud", Problem.AUDIENCE_MISMATCH, token.claim("aud", "")),
                refusal("an aud of nothing", Problem.AUDIENCE_MISMATCH, token.claim("aud", List.of())),
                refusal(
                        "an aud that is an object",
                        Problem.AUDIENCE_MISMATCH,
                        token.claim("aud", Map.of("gateway", true))),
                refusal(
                        "an aud in a list in a list",
                        Problem.AUDIENCE_MISMATCH,
                        token.claim("aud", List.of(List.of("gateway")))),
                refusal("no identity", Problem.IDENTITY_MISSING, token.without("sub")),
                refusal("an empty identity", Problem.IDENTITY_MISSING, token.claim("sub", "")),
                refusal("a blank identity", Problem.IDENTITY_MISSING, token.claim("sub", "  ")),
                refusal("a number for an identity", Problem.IDENTITY_MISSING, token.claim("sub", 42)),
                refusal("a list for an identity", Problem.IDENTITY_MISSING, token.claim("sub", List.of("alice"))),
                refusal("no iss", Problem.ISSUER_UNKNOWN, token.without("iss")),
                refusal("a list for iss", Problem.ISSUER_UNKNOWN, token.claim("iss", List.of(TestTokens.ISSUER))),
                refusal("another iss", Problem.ISSUER_UNKNOWN, token.claim("iss", "https://evil.example")),
                refusal(
                        "an iss with one more slash",
                        Problem.ISSUER_UNKNOWN,
                        token.claim("iss", TestTokens.ISSUER + "/")),
                refusal(
                        "an iss in capitals",
                        Problem.ISSUER_UNKNOWN,
                        token.claim("iss", TestTokens.ISSUER.replace("id", "ID"))),
                refusal("an act that is no object", Problem.TOKEN_MALFORMED, token.claim("act", "gateway")),
                refusal(
                        "an act that is a list",
                        Problem.TOKEN_MALFORMED,
                        token.claim("act", List.of(Map.of("sub", "a")))),
                refusal("six actors", Problem.TOKEN_MALFORMED, token.claim("act", actors(6))),
                refusal("a hundred actors", Problem.TOKEN_MALFORMED, token.claim("act", actors(100))),
                // Rule 12: bound tokens need their proof.
                refusal("a DPoP-bound token", Problem.PROOF_MISSING, token.claim("cnf", Map.of("jkt", "LT2ZKc"))),
                refusal(
                        "a certificate-bound token",
                        Problem.PROOF_MISSING,
                        token.claim("cnf", Map.of("x5t#S256", "bwcK"))),
                refusal("an empty cnf", Problem.PROOF_MISSING, token.claim("cnf", Map.of())),
                refusal("a cnf that is no object", Problem.PROOF_MISSING, token.claim("cnf", "x")));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"ID", "Refresh", "Offline", "Logout", "bearer", ""})
    void refusesKeycloakTokensThatAreNoAccessTokens(String type) {
        TestTokens token =
                TestTokens.ofAlice().header("typ", "JWT").claim("typ", type).claim("azp", "native-app");

        if (type.isEmpty()) {
            accepted(corp(Map.of("profile", "keycloak")), token.without("typ").value());
        } else {
            refused(corp(Map.of("profile", "keycloak")), token.value(), Problem.TOKEN_TYPE_REFUSED);
        }
    }

    @Test
    void acceptsKeycloakAccessTokens() {
        accepted(
                corp(Map.of("profile", "keycloak")),
                TestTokens.ofAlice().claim("typ", "Bearer").value());
    }

    // ID tokens, where the block lets them in: each may come through another door than a person's.

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "KEYCLOAK;a person;USER;'sub':'u-1','azp':'gateway','typ':'ID','sid':'s','preferred_username':'alice'",
                "KEYCLOAK;by nothing but a session;UNKNOWN;'sub':'u-1','azp':'gateway','typ':'ID','sid':'s'",
                "KEYCLOAK;by no session;UNKNOWN;'sub':'u-1','azp':'gateway','typ':'ID','acr':'1','preferred_username':'a'",
                "KEYCLOAK;by its host;UNKNOWN;'sub':'u-1','azp':'gateway','typ':'ID','clientHost':'10.0.0.1'",
                "KEYCLOAK;by its client;UNKNOWN;'sub':'u-1','azp':'gateway','typ':'ID','client_id':'gateway'",
                "KEYCLOAK;by its client as once written;UNKNOWN;'sub':'u-1','azp':'gateway','typ':'ID','clientId':'gateway'",
                "KEYCLOAK;by its name;UNKNOWN;'sub':'u-1','azp':'gateway','typ':'ID','preferred_username':'service-account-gateway'",
                "KEYCLOAK;by its grant;UNKNOWN;'sub':'u-1','azp':'gateway','typ':'ID','jti':'onrtcc:1'",
                "KEYCLOAK;by its session;UNKNOWN;'sub':'u-1','azp':'gateway','typ':'ID','jti':'trrtte:1'",
                "AUTH0;a person;USER;'sub':'auth0|1','nonce':'n'",
                "AUTH0;an application;UNKNOWN;'sub':'abc@clients'",
                "OKTA;a person;USER;'sub':'00u1'",
                "OKTA;an application;UNKNOWN;'sub':'gateway'",
                "GENERIC;a person;USER;'sub':'alice','azp':'gateway','auth_time':1",
                "GENERIC;a person through nobody;USER;'sub':'alice','nonce':'n'",
                "GENERIC;one that is its azp;UNKNOWN;'sub':'daemon','azp':'daemon','typ':'ID'",
                "GENERIC;one that is its audience;UNKNOWN;'sub':'gateway','nonce':'n'",
                "GENERIC;one by its grant;UNKNOWN;'sub':'x','nonce':'n','gty':'client-credentials'",
                "GENERIC;one by its type;UNKNOWN;'sub':'x','nonce':'n','idtyp':'app'"
            })
    void takesNoIdTokenOfAnApplicationForAUser(String profile, String who, Caller.Kind kind, String claims) {
        String issuer = Map.of(
                        "AUTH0", "https://example.eu.auth0.com/", "OKTA", "https://example.okta.com/oauth2/default")
                .getOrDefault(profile, TestTokens.ISSUER);
        IssuerProperties block = corp(Map.of("profile", profile, "id-tokens", "accept", "issuer", issuer));
        Map<String, Object> all = new LinkedHashMap<>(Map.of(
                "iss",
                issuer,
                "aud",
                "gateway",
                "iat",
                TestTokens.NOW.getEpochSecond(),
                "exp",
                TestTokens.NOW.plusSeconds(60).getEpochSecond()));
        all.putAll(TestClaims.of(claims).values());
        TestTokens token = new TestTokens(Map.of("alg", "RS256", "typ", "JWT", "kid", "k1"), all, TestTokens.RSA);

        Caller.Known caller = accepted(block, token.value());

        assertThat(caller.use()).isEqualTo(TokenUse.ID_TOKEN);
        assertThat(caller.kind()).isEqualTo(kind);
        refused(corp(Map.of("profile", profile, "issuer", issuer)), token.value(), Problem.TOKEN_TYPE_REFUSED);
    }

    @ParameterizedTest(name = "exp {0} s from now, skew {1}: {2}")
    @CsvSource({
        "1, 30s, true",
        "0, 30s, true",
        "-29, 30s, true",
        "-30, 30s, false",
        "-31, 30s, false",
        "1, 0s, true",
        "0, 0s, false",
        "-299, 5m, true",
        "-300, 5m, false"
    })
    void endsATokenWhenItsEndAndTheSkewHavePassed(long seconds, String skew, boolean valid) {
        TokenValue token = TestTokens.ofAlice()
                .claim("exp", TestTokens.NOW.plusSeconds(seconds).getEpochSecond())
                .without("iat")
                .value();

        judge(corp(Map.of("clock-skew", skew)), token, valid, Problem.TOKEN_EXPIRED);
    }

    @ParameterizedTest(name = "{0} {1} s from now: {2}")
    @CsvSource({
        "nbf, 0, true",
        "nbf, 30, true",
        "nbf, 31, false",
        "nbf, 3600, false",
        "iat, 30, true",
        "iat, 31, false",
        "iat, 100000000, false"
    })
    void doesNotLetATokenBeginBeforeItsTime(String claim, long seconds, boolean valid) {
        TokenValue token = TestTokens.ofAlice()
                .claim(claim, TestTokens.NOW.plusSeconds(seconds).getEpochSecond())
                .value();

        judge(corp(Map.of()), token, valid, Problem.TOKEN_NOT_YET_VALID);
    }

    @Test
    void needsNeitherNbfNorIat() {
        accepted(corp(Map.of()), TestTokens.ofAlice().without("iat").value());
    }

    /** The partner's server may write any audience into its tokens; only those of its own block are its to give. */
    @Test
    void countsNoAudienceThatTheIssuersOwnBlockDoesNotList() {
        IssuerProperties partner = corp(Map.of("audiences", "gateway"));

        Caller.Known caller = accepted(
                partner,
                TestTokens.ofAlice()
                        .claim("aud", List.of("gateway", "admin", "orders-api"))
                        .value());

        assertThat(caller.audiences()).containsExactly("gateway");
    }

    @Test
    void acceptsAnyOfTheIssuersAudiencesInAStringOrAList() {
        accepted(corp(Map.of()), TestTokens.ofAlice().claim("aud", "gateway").value());
        accepted(corp(Map.of()), TestTokens.ofAlice().claim("aud", "orders-api").value());
        Caller.Known caller = accepted(
                corp(Map.of()),
                TestTokens.ofAlice().claim("aud", List.of("account", "gateway")).value());

        assertThat(caller.audiences())
                .as("what the block does not list is not its issuer's to give")
                .containsExactly("gateway");
    }

    @Test
    void needsEveryClaimOfTheIdentity() {
        IssuerProperties block = corp(Map.of("identity", "tid,oid"));
        TestTokens token = TestTokens.ofAlice().claim("oid", "o-1").claim("tid", "t-1");

        assertThat(accepted(block, token.value()).identity().values()).isEqualTo(Map.of("oid", "o-1", "tid", "t-1"));
        refused(block, token.without("tid").value(), Problem.IDENTITY_MISSING);
        refused(block, token.without("oid").value(), Problem.IDENTITY_MISSING);
    }

    @Test
    void refusesTheSignatureOfOneIssuerUnderTheNameOfAnother() {
        KEYS.answer("/other-keys", 200, TestTokens.keySet(TestTokens.OTHER_RSA));
        Map<String, IssuerProperties> blocks = new LinkedHashMap<>();
        blocks.put("corp", corp(Map.of()));
        blocks.put("other", corp(Map.of("issuer", "https://other.example", "jwks-uri", KEYS.origin() + "/other-keys")));
        Authenticator authenticator = new Authenticator(
                Issuers.of(blocks, IssuerSurroundings.at(clock)), new Revocations(clock), BOUNDS, clock);
        TestTokens ofOther = TestTokens.ofAlice().claim("iss", "https://other.example");

        // Both issuers call their key k1.
        expect(authenticator.authenticate(ofOther.value()), Problem.SIGNATURE_INVALID);
        expect(
                authenticator.authenticate(
                        TestTokens.ofAlice().signedBy(TestTokens.OTHER_RSA).value()),
                Problem.SIGNATURE_INVALID);
        expect(authenticator.authenticate(ofOther.signedBy(TestTokens.EC).value()), Problem.KEY_UNKNOWN);
        assertThat(result(authenticator.authenticate(
                                ofOther.signedBy(TestTokens.OTHER_RSA).value()))
                        .issuerName())
                .isEqualTo("other");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void callsMalformedWhatCannotBeRead(String what, String text) {
        refused(corp(Map.of()), TokenValue.of(text), Problem.TOKEN_MALFORMED);
    }

    static Stream<Arguments> garbage() {
        TestTokens token = TestTokens.ofAlice();
        String good = token.text();
        String payloadAndSignature = good.substring(good.indexOf('.'));
        String rest = good.substring(0, good.lastIndexOf('.'));
        return Stream.of(
                Arguments.of("a word", "garbage"),
                Arguments.of("dots", "..."),
                Arguments.of("two dots", ".."),
                Arguments.of("two parts", "a.b"),
                Arguments.of("three letters", "a.b.c"),
                Arguments.of("five parts", "a.b.c.d.e"),
                Arguments.of("six parts", "a.b.c.d.e.f"),
                Arguments.of("the longest word", "a".repeat(TokenValue.MAX_LENGTH)),
                Arguments.of("dots only", ".".repeat(TokenValue.MAX_LENGTH)),
                Arguments.of("no signature (alg none)", unsigned("none") + "."),
                Arguments.of("alg none with a signature", unsigned("none") + ".c2ln"),
                Arguments.of("alg NONE", unsigned("NONE") + "."),
                Arguments.of("no signature (RS256)", rest + "."),
                Arguments.of("no header", payloadAndSignature),
                Arguments.of("a header that is null", encoded("null") + payloadAndSignature),
                Arguments.of("nothing but null", "bnVsbA.bnVsbA.bnVsbA"),
                Arguments.of("a header that is a list", encoded("[]") + payloadAndSignature),
                Arguments.of("a header that is a word", encoded("RS256") + payloadAndSignature),
                Arguments.of("a header without alg", encoded("{}") + payloadAndSignature),
                Arguments.of("a header with a number for alg", encoded("{\"alg\":256}") + payloadAndSignature),
                Arguments.of("a header with null for alg", encoded("{\"alg\":null}") + payloadAndSignature),
                Arguments.of("a header with a list for alg", encoded("{\"alg\":[\"RS256\"]}") + payloadAndSignature),
                Arguments.of(
                        "a header with a number for kid",
                        encoded("{\"alg\":\"RS256\",\"kid\":1}") + payloadAndSignature),
                Arguments.of(
                        "a header with a number for typ",
                        encoded("{\"alg\":\"RS256\",\"typ\":1}") + payloadAndSignature),
                Arguments.of(
                        "a header with a number for jku",
                        encoded("{\"alg\":\"RS256\",\"jku\":1}") + payloadAndSignature),
                Arguments.of(
                        "a header with a broken jku",
                        encoded("{\"alg\":\"RS256\",\"jku\":\"::\"}") + payloadAndSignature),
                Arguments.of(
                        "a header with a word for jwk",
                        encoded("{\"alg\":\"RS256\",\"jwk\":\"x\"}") + payloadAndSignature),
                Arguments.of(
                        "a header with a word for crit",
                        encoded("{\"alg\":\"RS256\",\"crit\":\"x\"}") + payloadAndSignature),
                Arguments.of(
                        "a header with numbers for crit",
                        encoded("{\"alg\":\"RS256\",\"crit\":[1]}") + payloadAndSignature),
                Arguments.of(
                        "a header with a word for b64",
                        encoded("{\"alg\":\"RS256\",\"b64\":\"x\"}") + payloadAndSignature),
                Arguments.of(
                        "a header of an encrypted token",
                        encoded("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}") + payloadAndSignature),
                Arguments.of(
                        "a header in a header in a header",
                        encoded("{\"alg\":\"RS256\",\"x\":" + nested("{\"a\":", "}") + "}") + payloadAndSignature),
                Arguments.of("a payload that is a list", token.signed("[1]")),
                Arguments.of(
                        "a payload that is a list of claims",
                        token.signed("[{\"iss\":\"" + TestTokens.ISSUER + "\"}]")),
                Arguments.of("a payload that is a string", token.signed("\"alice\"")),
                Arguments.of("a payload that is a number", token.signed("1")),
                Arguments.of("a payload that is null", token.signed("null")),
                Arguments.of("no payload", token.signed("")),
                Arguments.of("a payload that ends early", token.signed("{\"iss\":\"" + TestTokens.ISSUER + "\"")),
                Arguments.of("lists in lists", token.signed("{\"a\":" + nested("[", "]") + "}")));
    }

    @Test
    void isNotImpressedByObjectsInObjects() {
        String payload = "{\"iss\":\"" + TestTokens.ISSUER + "\",\"a\":" + nested("{\"a\":", "}") + "}";

        refused(corp(Map.of()), TokenValue.of(TestTokens.ofAlice().signed(payload)), Problem.TOKEN_MALFORMED);
    }

    /** As deep as fits into a token. */
    private static String nested(String open, String close) {
        int depth = 8000 / (open.length() + close.length());
        return open.repeat(depth) + "1" + close.repeat(depth);
    }

    @Test
    void neverFailsInAnotherWayThanAProblemWhateverCharacterIsChanged() {
        Authenticator authenticator = authenticator(corp(Map.of()));
        String good = TestTokens.ofAlice().text();
        result(authenticator.authenticate(TokenValue.of(good)));

        for (int i = 0; i < good.length(); i++) {
            for (char c : new char[] {'.', 'A', '=', '~', (char) (good.charAt(i) + 1)}) {
                if (good.charAt(i) != c) {
                    String changed = good.substring(0, i) + c + good.substring(i + 1);
                    if (TokenValue.isB64Token(changed)) {
                        StepVerifier.create(authenticator.authenticate(TokenValue.of(changed)))
                                .expectErrorSatisfies(AuthenticatorTest::assertUnauthorized)
                                .verify(SOON);
                    }
                }
            }
        }
    }

    @Test
    void acceptsFiveActors() {
        Caller.Known caller = accepted(
                corp(Map.of()), TestTokens.ofAlice().claim("act", actors(5)).value());

        assertThat(caller.actors()).map(chain -> chain.actors().size()).contains(5);
    }

    private static Map<String, Object> actors(int count) {
        Map<String, Object> act = Map.of("sub", "actor-0");
        for (int i = 1; i < count; i++) {
            act = Map.of("sub", "actor-" + i, "act", act);
        }
        return act;
    }

    /** Else one token could fill the cache of verified ones with a thousand texts. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("otherSpellings")
    void knowsOneSpellingOfATokenOnly(String what, String text) {
        refused(corp(Map.of()), TokenValue.of(text), Problem.TOKEN_MALFORMED);
    }

    static Stream<Arguments> otherSpellings() {
        String good = TestTokens.ofAlice().text();
        String ofEc = TestTokens.ofAlice().signedBy(TestTokens.EC).text();
        String[] parts = good.split("\\.", -1);
        return Stream.of(
                Arguments.of("padding at the end", good + "=="),
                Arguments.of("one padding character", good + "="),
                Arguments.of("bits that nobody reads", good.substring(0, good.length() - 1) + next(good)),
                Arguments.of("bits that nobody reads (EC)", ofEc.substring(0, ofEc.length() - 1) + next(ofEc)),
                Arguments.of("a fourth part", good + "."),
                Arguments.of("a fourth part that is not empty", good + ".AA"),
                Arguments.of("a part before the header", "." + good),
                Arguments.of(
                        "base64 of the other alphabet",
                        parts[0] + "." + parts[1] + "."
                                + parts[2].replace('-', '+').replace('_', '/') + "+"));
    }

    /** The last of 342 or 86 characters stands for two or four bits. */
    private static char next(String token) {
        return (char) (token.charAt(token.length() - 1) + 1);
    }

    @Test
    void asksForTheKeysBeforeTheFirstCallerComes() {
        LoopbackServer server = LoopbackServer.start();
        try {
            server.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA));
            IssuerProperties corp = TestIssuers.corp(server.origin() + "/keys", Map.of());
            Issuers issuers = Issuers.of(Map.of("corp", corp), IssuerSurroundings.at(clock));
            Authenticator authenticator = new Authenticator(issuers, new Revocations(clock), BOUNDS, clock);

            issuers.warmUp();
            result(authenticator.authenticate(TestTokens.ofAlice().value()));

            assertThat(server.askedPaths()).containsExactly("/keys");
        } finally {
            server.close();
        }
    }

    @Test
    void saysNothingOfTheTokenInItsReason() {
        String secret = "the-secret-subject";
        for (TestTokens token : List.of(
                TestTokens.ofAlice().claim("sub", secret).claim("iss", "https://" + secret + ".example"),
                TestTokens.ofAlice().claim("aud", secret),
                TestTokens.ofAlice().header("kid", secret),
                TestTokens.ofAlice().header("typ", secret))) {
            StepVerifier.create(authenticator(corp(Map.of())).authenticate(token.value()))
                    .expectErrorSatisfies(error -> assertThat(error)
                            .message()
                            .doesNotContain(secret)
                            .doesNotContain(token.text().substring(0, 20)))
                    .verify(SOON);
        }
    }

    private static void assertUnauthorized(Throwable error) {
        assertThat(error).isInstanceOf(ProblemException.class);
        assertThat(((ProblemException) error).problem().status()).isEqualTo(401);
    }

    private static IssuerProperties corp(Map<String, ?> settings) {
        return TestIssuers.corp(KEYS.origin() + "/keys", settings);
    }

    private Authenticator authenticator(IssuerProperties block) {
        return new Authenticator(
                Issuers.of(Map.of("corp", block), IssuerSurroundings.at(clock)), new Revocations(clock), BOUNDS, clock);
    }

    private void judge(IssuerProperties block, TokenValue token, boolean valid, Problem otherwise) {
        if (valid) {
            accepted(block, token);
        } else {
            refused(block, token, otherwise);
        }
    }

    private Caller.Known accepted(IssuerProperties block, TokenValue token) {
        return result(authenticator(block).authenticate(token));
    }

    private void refused(IssuerProperties block, TokenValue token, Problem problem) {
        expect(authenticator(block).authenticate(token), problem);
    }

    private static Caller.Known result(Mono<Caller.Known> caller) {
        return caller.blockOptional(SOON).orElseThrow();
    }

    private static void expect(Mono<Caller.Known> caller, Problem problem) {
        StepVerifier.create(caller)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                ProblemException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(problem)))
                .verify(SOON);
    }

    private static Arguments refusal(String what, Problem problem, TestTokens token) {
        return Arguments.of(what, problem, token);
    }

    private static String unsigned(String algorithm) {
        String good = TestTokens.ofAlice().text();
        String[] parts = good.split("\\.");
        return encoded("{\"alg\":\"" + algorithm + "\"}") + "."
                + Arrays.asList(parts).get(1);
    }

    private static String encoded(String json) {
        return Base64URL.encode(json).toString();
    }
}
