package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.CacheBounds;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** Issuers with more than one set of keys: one for each tenant, or one for each policy; and keys that say for whom. */
final class KeyStoresTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String ONE = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String TWO = "8f5c2d3e-0000-4000-8000-000000000002";
    private static final String THREE = "8f5c2d3e-0000-4000-8000-000000000003";
    private static final String B2C = "https://contoso.b2clogin.com/" + ONE + "/v2.0/";

    private final MutableClock clock = MutableClock.at(TestTokens.NOW);
    private final LoopbackServer server = LoopbackServer.start();
    private Issuers issuers = b2cIssuer();
    private Authenticator authenticator = authenticator();

    @AfterEach
    void close() {
        server.close();
    }

    // Policies.

    @ParameterizedTest
    @CsvSource({"tfp, B2C_1_signin", "tfp, b2c_1_SIGNIN", "acr, b2c_1_signin"})
    void askThePolicyAloneThatTheTokenNames(String claim, String policy) {
        publish("/B2C_1_signin/keys", TestTokens.RSA);
        publish("/B2C_1A_ROPC/keys", TestTokens.RSA);

        accepted(b2c().claim(claim, policy));

        assertThat(server.askedPaths()).containsExactly("/B2C_1_signin/keys");
    }

    @Test
    void takeNoOtherPolicysKeyForTheOneThatTheTokenNames() {
        publish("/B2C_1_signin/keys", TestTokens.RSA);
        publish("/B2C_1A_ROPC/keys", TestTokens.NEW_RSA);
        TestTokens token = b2c().signedBy(TestTokens.NEW_RSA);

        accepted(token.claim("tfp", "B2C_1A_ROPC"));
        refused(token.claim("tfp", "B2C_1_signin"), Problem.KEY_UNKNOWN);
    }

    @Test
    void takeAnyPolicysKeyWhereTheTokenNamesNone() {
        publish("/B2C_1_signin/keys", TestTokens.RSA);
        publish("/B2C_1A_ROPC/keys", TestTokens.NEW_RSA);

        accepted(b2c());
        accepted(b2c().signedBy(TestTokens.NEW_RSA));
        // The key of the one policy did not make it, and the other one has none of that name.
        refused(b2c().signedBy(TestTokens.OTHER_RSA), Problem.KEY_UNKNOWN);
        refused(b2c().header("kid", "made-up"), Problem.KEY_UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tfp", "acr"})
    void knowNoPolicyThatIsNotListed(String claim) {
        refused(b2c().claim(claim, "B2C_1_other"), Problem.ISSUER_UNKNOWN);
        refused(b2c().claim(claim, List.of("B2C_1_signin", "B2C_1_other")), Problem.ISSUER_UNKNOWN);

        assertThat(server.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tfp", "acr"})
    void knowNoPolicyThatIsNoText(String claim) {
        publish("/B2C_1_signin/keys", TestTokens.RSA);
        publish("/B2C_1A_ROPC/keys", TestTokens.RSA);
        String other = claim.equals("tfp") ? "acr" : "tfp";

        for (Object policy : List.of(1, true, "", List.of(), List.of("B2C_1_signin"), Map.of("a", "B2C_1_signin"))) {
            refused(b2c().claim(claim, policy), Problem.ISSUER_UNKNOWN);
            refused(b2c().claim(claim, policy).claim(other, "B2C_1_signin"), Problem.ISSUER_UNKNOWN);
        }
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void takeNoTokenThatNamesTwoPolicies() {
        publish("/B2C_1_signin/keys", TestTokens.RSA);
        publish("/B2C_1A_ROPC/keys", TestTokens.RSA);

        refused(b2c().claim("tfp", "B2C_1_signin").claim("acr", "B2C_1A_ROPC"), Problem.ISSUER_UNKNOWN);
        refused(b2c().claim("tfp", "B2C_1A_ROPC").claim("acr", "B2C_1_signin"), Problem.ISSUER_UNKNOWN);
        assertThat(server.asked()).isEmpty();
        accepted(b2c().claim("tfp", "B2C_1_signin").claim("acr", "b2c_1_signin"));
        assertThat(server.askedPaths()).containsExactly("/B2C_1_signin/keys");
    }

    /** Nobody can say that no policy has the key while one of them is silent. */
    @ParameterizedTest
    @CsvSource({"/B2C_1_signin/keys, /B2C_1A_ROPC/keys", "/B2C_1A_ROPC/keys, /B2C_1_signin/keys"})
    void doNotCallAKeyUnknownWhileOnePolicysKeysCannotBeHad(String up, String down) {
        publish(up, TestTokens.RSA);
        server.answer(down, 500, "");

        accepted(b2c());
        for (int i = 0; i < 3; i++) {
            refused(b2c().signedBy(TestTokens.NEW_RSA), Problem.KEYS_UNAVAILABLE);
        }
        publish(down, TestTokens.NEW_RSA);
        clock.advance(Duration.ofSeconds(10));
        accepted(b2c().signedBy(TestTokens.NEW_RSA));
    }

    @Test
    void areOneWhereTheAddressIsOne() {
        issuers = issuers(Map.of(
                "profile",
                "b2c",
                "issuer",
                B2C,
                "policies",
                "B2C_1_signin,B2C_1A_ROPC",
                "audiences",
                "gateway",
                "jwks-uri",
                server.origin() + "/keys"));

        assertThat(issuers.keyStates()).hasSize(1);
    }

    // Tenants.

    @Test
    void areKeptApartByTenant() {
        issuers = entraIssuer("tenants", ONE + "," + TWO);
        authenticator = authenticator();
        publish("/" + ONE + "/keys", TestTokens.RSA);
        publish("/" + TWO + "/keys", TestTokens.NEW_RSA);

        assertThat(accepted(entra(ONE)).identity().tenant()).contains(ONE);
        assertThat(accepted(entra(TWO).signedBy(TestTokens.NEW_RSA)).identity().tenant())
                .contains(TWO);
        refused(entra(ONE).signedBy(TestTokens.NEW_RSA), Problem.KEY_UNKNOWN);
        refused(entra(TWO), Problem.KEY_UNKNOWN);
        assertThat(issuers.keyStates())
                .extracting(SigningKeys.State::name)
                .containsExactly("corp/" + ONE, "corp/" + TWO);
    }

    @Test
    void belongToTheTenantsOfTheListAlone() {
        issuers = entraIssuer("tenants", ONE + "," + TWO);
        authenticator = authenticator();
        publish("/" + ONE + "/keys", TestTokens.RSA);

        refused(entra(THREE), Problem.ISSUER_UNKNOWN);
        refused(entra(ONE).claim("iss", server.origin() + "/{tenantid}/v2.0"), Problem.ISSUER_UNKNOWN);
        refused(entra(ONE).claim("iss", server.origin() + "/common/v2.0"), Problem.ISSUER_UNKNOWN);
        refused(entra(ONE).claim("iss", server.origin() + "/" + ONE.toUpperCase() + "/v2.0"), Problem.ISSUER_UNKNOWN);
        assertThat(server.asked()).isEmpty();
        refused(entra(ONE).claim("tid", TWO), Problem.TOKEN_MALFORMED);
        refused(entra(ONE).claim("tid", ONE.toUpperCase()), Problem.TOKEN_MALFORMED);
        refused(entra(ONE).without("tid"), Problem.TOKEN_MALFORMED);
        refused(entra(ONE).claim("ver", "1.0"), Problem.TOKEN_MALFORMED);
        refused(entra(ONE).without("oid"), Problem.IDENTITY_MISSING);
    }

    @Test
    void areSharedByAllTenantsWhereAnyIsTaken() {
        issuers = entraIssuer("tenants", "*");
        authenticator = authenticator();
        publish("/common/keys", TestTokens.RSA);

        assertThat(accepted(entra(ONE)).identity())
                .isNotEqualTo(accepted(entra(TWO)).identity());
        refused(entra(ONE).claim("tid", TWO), Problem.TOKEN_MALFORMED);
        refused(
                entra(ONE).claim("iss", server.origin() + "/{tenantid}/v2.0").claim("tid", "{tenantid}"),
                Problem.ISSUER_UNKNOWN);
        assertThat(server.askedPaths()).containsExactly("/common/keys");
    }

    @ParameterizedTest(name = "issuer of the key {0}: {1}")
    @CsvSource({
        "ORIGIN/{tenantid}/v2.0, true",
        "ORIGIN/{TenantId}/v2.0, true",
        "ORIGIN/8f5c2d3e-0000-4000-8000-000000000001/v2.0, true",
        "ORIGIN/8f5c2d3e-0000-4000-8000-000000000002/v2.0, false",
        "ORIGIN/8F5C2D3E-0000-4000-8000-000000000001/v2.0, false",
        "ORIGIN/{tenantid}/v2.0/, false",
        "https://sts.windows.net/{tenantid}/, false",
        "'{tenantid}', false",
        "'', false"
    })
    void signForTheIssuerAloneThatTheyName(String issuer, boolean signs) {
        publish("/common/keys", withIssuer(TestTokens.RSA, issuer.replace("ORIGIN", server.origin())));

        judge(signs);
    }

    @Test
    void signForTheWholeBlockWhereTheyNameNobody() {
        publish("/common/keys", TestTokens.RSA);

        judge(true);
    }

    /** What cannot be read is no permission. */
    @Test
    void signForNobodyWhereTheirIssuerIsNoText() {
        for (Object issuer : List.of(1, true, List.of(server.origin() + "/" + ONE + "/v2.0"), Map.of())) {
            publish("/common/keys", withIssuer(TestTokens.RSA, issuer));
            judge(false);
        }
    }

    private void judge(boolean signs) {
        issuers = entraIssuer("tenants", "*");
        authenticator = authenticator();
        if (signs) {
            accepted(entra(ONE));
        } else {
            refused(entra(ONE), Problem.SIGNATURE_INVALID);
        }
    }

    private static Map<String, Object> withIssuer(JWK key, Object issuer) {
        Map<String, Object> member = new LinkedHashMap<>(key.toPublicJWK().toJSONObject());
        member.put("issuer", issuer);
        return member;
    }

    private void publish(String path, JWK key) {
        publish(path, key.toPublicJWK().toJSONObject());
    }

    private void publish(String path, Map<String, Object> key) {
        server.answer(path, 200, JSONObjectUtils.toJSONString(Map.of("keys", List.of(key))));
    }

    private static TestTokens b2c() {
        return TestTokens.ofAlice()
                .header("typ", "JWT")
                .claim("iss", B2C)
                .claim("azp", "native-app")
                .claim("auth_time", TestTokens.NOW.getEpochSecond());
    }

    private TestTokens entra(String tenant) {
        return TestTokens.ofAlice()
                .header("typ", "JWT")
                .claim("iss", server.origin() + "/" + tenant + "/v2.0")
                .claim("tid", tenant)
                .claim("oid", "o-alice")
                .claim("azp", "native-app")
                .claim("scp", "orders.read")
                .claim("ver", "2.0");
    }

    private Issuers b2cIssuer() {
        return issuers(Map.of(
                "profile", "b2c",
                "issuer", B2C,
                "policies", "B2C_1_signin,B2C_1A_ROPC",
                "audiences", "gateway",
                "jwks-uri", server.origin() + "/{policy}/keys"));
    }

    private Issuers entraIssuer(String key, String value) {
        return issuers(Map.of(
                "profile",
                "entra",
                "issuer",
                server.origin() + "/{tenantid}/v2.0",
                "audiences",
                "gateway",
                "jwks-uri",
                server.origin() + "/{tenantid}/keys",
                key,
                value));
    }

    private Issuers issuers(Map<String, ?> settings) {
        return Issuers.of(Map.of("corp", TestIssuers.block(settings)), IssuerSurroundings.at(clock));
    }

    private Authenticator authenticator() {
        return new Authenticator(issuers, new Revocations(clock), new CacheBounds(1000, 10_000_000), clock);
    }

    private Caller.Known accepted(TestTokens token) {
        return authenticator.authenticate(token.value()).blockOptional(SOON).orElseThrow();
    }

    private void refused(TestTokens token, Problem problem) {
        StepVerifier.create(authenticator.authenticate(token.value()))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                ProblemException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(problem)))
                .verify(SOON);
    }
}
