package dev.procura.sample.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.sample.issuer.RunningIssuer.Answer;
import dev.procura.sample.issuer.RunningIssuer.Credentials;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What there is to discover, what tokens look like, and the ways to get one without an exchange. */
class IssuedTokenTest {

    private static RunningIssuer issuer;

    @BeforeAll
    static void start() {
        issuer = new RunningIssuer();
    }

    @AfterAll
    static void stop() {
        issuer.close();
    }

    @Test
    void isDiscoveredBothWays() {
        for (String path : List.of("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")) {
            JsonNode metadata = issuer.get(path).json();

            assertThat(metadata.get("issuer").stringValue()).isEqualTo(issuer.url());
            assertThat(metadata.get("token_endpoint").stringValue()).isEqualTo(issuer.url() + "/oauth2/token");
            assertThat(metadata.get("grant_types_supported").toString())
                    .contains("urn:ietf:params:oauth:grant-type:token-exchange");
        }
    }

    @Test
    void publishesNoPrivateKey() {
        assertThat(issuer.get("/oauth2/jwks").text()).contains("\"n\"").doesNotContain("\"d\"");
    }

    @Test
    void givesAliceAnAccessTokenAsRfc9068DescribesIt() throws Exception {
        Answer answer = issuer.post("/demo/token", List.of("user", "alice"));

        assertThat(answer.header("Content-Type")).startsWith("text/plain");
        assertThat(answer.header("Cache-Control")).contains("no-store");
        SignedJWT jwt = SignedJWT.parse(answer.text());
        JWSHeader header = jwt.getHeader();
        assertThat(header.getType().getType()).isEqualTo("at+jwt");
        assertThat(jwt.verify(new RSASSAVerifier(
                        JWKSet.parse(issuer.get("/oauth2/jwks").text())
                                .getKeyByKeyId(header.getKeyID())
                                .toRSAKey())))
                .isTrue();
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo(issuer.url());
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getAudience()).containsExactly("gateway");
        assertThat(claims.getStringClaim("client_id")).isEqualTo("native-app");
        assertThat(claims.getStringClaim("scope")).isEqualTo("orders.read reports.read");
        assertThat(claims.getStringListClaim("roles")).containsExactly("report-reader");
        assertThat(claims.getJWTID()).isNotBlank();
        assertThat(Duration.between(
                        claims.getIssueTime().toInstant(),
                        claims.getExpirationTime().toInstant()))
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(claims.getClaims()).doesNotContainKey("act");
    }

    @Test
    void neverLetsBobReadOrders() throws Exception {
        JWTClaimsSet claims = claims(issuer.tokenOf("bob"));

        assertThat(claims.getStringClaim("scope")).isEqualTo("reports.read");
        assertThat(claims.getClaims()).doesNotContainKey("roles");
    }

    @Test
    void knowsNobodyElse() {
        assertThat(issuer.get("/demo/token?user=mallory").status()).isEqualTo(404);
        assertThat(issuer.get("/demo/token").status()).isEqualTo(404);
    }

    @Test
    void givesNobodysTokenToAClientThatNobodySignsInTo() {
        assertThat(issuer.get("/demo/token?user=alice&client=gateway").status()).isEqualTo(404);
        assertThat(issuer.get("/demo/token?user=alice&client=mallory").status()).isEqualTo(404);
        assertThat(issuer.get("/demo/token?user=alice&client=%20").status()).isEqualTo(404);
    }

    @Test
    void hasNoClientWithOpaqueTokensUntilItIsGivenASecret() {
        assertThat(issuer.get("/demo/token?user=alice&client=opaque-app").status())
                .isEqualTo(404);
        for (Credentials client : List.of(Credentials.OPAQUE_APP, Credentials.OPAQUE_DAEMON)) {
            assertThat(issuer.token(client, "grant_type", "client_credentials").error())
                    .isEqualTo("invalid_client");
        }
    }

    @Test
    void givesOrdersApiATokenForTheGatewayUnlessItSaysOtherwise() throws Exception {
        JWTClaimsSet claims = claims(issuer.token(Credentials.ORDERS_API, "grant_type", "client_credentials")
                .accessToken());

        assertThat(claims.getSubject()).isEqualTo("orders-api");
        assertThat(claims.getAudience()).containsExactly("gateway");
        assertThat(claims.getStringClaim("client_id")).isEqualTo("orders-api");
        assertThat(claims.getClaims()).doesNotContainKeys("roles", "act", "scope");
    }

    @Test
    void givesTheGatewayATokenForTheAudienceItNames() throws Exception {
        JWTClaimsSet claims =
                claims(issuer.token(Credentials.GATEWAY, "grant_type", "client_credentials", "audience", "reports-api")
                        .accessToken());

        assertThat(claims.getSubject()).isEqualTo("gateway");
        assertThat(claims.getAudience()).containsExactly("reports-api");
    }

    @Test
    void refusesAnAppAnAudienceItMayNotHave() {
        assertThat(issuer.token(Credentials.GATEWAY, "grant_type", "client_credentials", "audience", "inventory-api")
                        .error())
                .isEqualTo("invalid_target");
        assertThat(issuer.token(Credentials.GATEWAY, "grant_type", "client_credentials")
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    void givesAnAppItsTokenByCodeAndPkceOnceTheUserHasSignedIn() throws Exception {
        try (RunningIssuer fresh = new RunningIssuer()) {
            CodeFlow app = CodeFlow.of(fresh, "native-app").signIn("alice");
            Answer answer = app.redeem(app.authorize("openid orders.read"), CodeFlow.VERIFIER);

            JWTClaimsSet access = claims(answer.accessToken());
            assertThat(access.getAudience()).containsExactly("gateway");
            assertThat(access.getStringClaim("scope")).isEqualTo("openid orders.read");
            SignedJWT id = SignedJWT.parse(answer.json().get("id_token").stringValue());
            assertThat(id.getHeader().getType()).isNull();
            assertThat(id.getJWTClaimsSet().getAudience()).containsExactly("native-app");
            assertThat(fresh.get("/userinfo", "Authorization", "Bearer " + answer.accessToken())
                            .json()
                            .get("sub")
                            .stringValue())
                    .isEqualTo("alice");
        }
    }

    @Test
    void refusesACodeWithoutItsVerifier() throws Exception {
        try (RunningIssuer fresh = new RunningIssuer()) {
            CodeFlow app = CodeFlow.of(fresh, "native-app").signIn("alice");

            assertThat(app.redeem(app.authorize("orders.read"), CodeFlow.VERIFIER + "x")
                            .error())
                    .isEqualTo("invalid_grant");
        }
    }

    @Test
    void refusesBobsAppTheScopeHeMayNotHave() throws Exception {
        try (RunningIssuer fresh = new RunningIssuer()) {
            CodeFlow app = CodeFlow.of(fresh, "native-app").signIn("bob");

            assertThat(app.redeem(app.authorize("orders.read"), CodeFlow.VERIFIER)
                            .error())
                    .isEqualTo("invalid_scope");
        }
    }

    private static JWTClaimsSet claims(String token) throws Exception {
        return SignedJWT.parse(token).getJWTClaimsSet();
    }
}
