package dev.procura.sample.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.sample.issuer.RunningIssuer.Answer;
import dev.procura.sample.issuer.RunningIssuer.Credentials;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tokens that say nothing by themselves, and what the introspection endpoint says of these and all others. */
class OpaqueTokenTest {

    private static final Credentials GATEWAY = Credentials.GATEWAY;
    private static final Credentials ORDERS_API = Credentials.ORDERS_API;
    private static final Credentials APP = Credentials.OPAQUE_APP;
    private static final Credentials DAEMON = Credentials.OPAQUE_DAEMON;
    private static final String INACTIVE = "{\"active\":false}";

    private static RunningIssuer issuer;

    @BeforeAll
    static void start() {
        issuer = RunningIssuer.withOpaqueTokens();
    }

    @AfterAll
    static void stop() {
        issuer.close();
    }

    @Test
    void saysNothingByItself() {
        assertThat(issuer.opaqueTokenOf("alice")).matches("[A-Za-z0-9_-]{128}");
        assertThat(ownToken()).matches("[A-Za-z0-9_-]{128}");
    }

    @Test
    void tellsTheGatewayWhichUserATokenIsFor() {
        JsonNode told = introspected(issuer.opaqueTokenOf("alice"));

        assertThat(told.propertyNames())
                .containsExactlyInAnyOrder(
                        "active",
                        "iss",
                        "sub",
                        "aud",
                        "client_id",
                        "scope",
                        "roles",
                        "token_type",
                        "jti",
                        "iat",
                        "nbf",
                        "exp");
        assertThat(told.get("active").booleanValue()).isTrue();
        assertThat(text(told, "iss")).isEqualTo(issuer.url());
        assertThat(text(told, "sub")).isEqualTo("alice");
        assertThat(told.get("aud").toString()).isEqualTo("[\"gateway\"]");
        assertThat(text(told, "client_id")).isEqualTo("opaque-app");
        assertThat(text(told, "scope")).isEqualTo("orders.read reports.read");
        assertThat(told.get("roles").toString()).isEqualTo("[\"report-reader\"]");
        assertThat(text(told, "token_type")).isEqualTo("Bearer");
        assertThat(told.get("exp").longValue() - told.get("iat").longValue()).isEqualTo(300);
    }

    @Test
    void neverLetsBobReadOrders() {
        JsonNode told = introspected(issuer.opaqueTokenOf("bob"));

        assertThat(text(told, "scope")).isEqualTo("reports.read");
        assertThat(told.has("roles")).isFalse();
    }

    @Test
    void tellsTheGatewayWhichApplicationATokenIsFor() {
        JsonNode told = introspected(
                issuer.token(DAEMON, "grant_type", "client_credentials", "scope", "orders.read", "audience", "gateway")
                        .accessToken());

        assertThat(told.propertyNames())
                .containsExactlyInAnyOrder(
                        "active", "iss", "sub", "aud", "client_id", "scope", "token_type", "jti", "iat", "nbf", "exp");
        assertThat(text(told, "iss")).isEqualTo(issuer.url());
        assertThat(text(told, "sub")).isEqualTo("opaque-daemon");
        assertThat(told.get("aud").toString()).isEqualTo("[\"gateway\"]");
        assertThat(text(told, "client_id")).isEqualTo("opaque-daemon");
        assertThat(text(told, "scope")).isEqualTo("orders.read");
    }

    @Test
    void givesAnApplicationATokenForTheGatewayOrNone() {
        assertThat(introspected(ownToken()).get("aud").toString()).isEqualTo("[\"gateway\"]");
        assertThat(issuer.token(DAEMON, "grant_type", "client_credentials", "audience", "orders-api")
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    void saysOfAJwtWhatTheJwtSays() throws Exception {
        String jwt = issuer.tokenOf("alice");
        JWTClaimsSet claims = SignedJWT.parse(jwt).getJWTClaimsSet();

        JsonNode told = introspected(jwt);

        assertThat(text(told, "iss")).isEqualTo(claims.getIssuer());
        assertThat(text(told, "sub")).isEqualTo(claims.getSubject());
        assertThat(told.get("aud").toString()).isEqualTo("[\"gateway\"]");
        assertThat(text(told, "client_id")).isEqualTo(claims.getStringClaim("client_id"));
        assertThat(text(told, "scope")).isEqualTo(claims.getStringClaim("scope"));
        assertThat(told.get("roles").toString()).isEqualTo("[\"report-reader\"]");
        assertThat(text(told, "jti")).isEqualTo(claims.getJWTID());
        assertThat(told.get("exp").longValue())
                .isEqualTo(claims.getExpirationTime().toInstant().getEpochSecond());
    }

    @Test
    void isExchangedForAJwtOnTheUsersBehalf() throws Exception {
        Answer answer = issuer.exchange(GATEWAY, issuer.opaqueTokenOf("alice"), "audience", "orders-api");

        JWTClaimsSet claims = SignedJWT.parse(answer.accessToken()).getJWTClaimsSet();
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getStringClaim("client_id")).isEqualTo("gateway");
        assertThat(claims.getStringClaim("scope")).isEqualTo("orders.read reports.read");
        assertThat(claims.getStringListClaim("roles")).containsExactly("report-reader");
        assertThat(claims.getJSONObjectClaim("act")).isEqualTo(Map.of("iss", issuer.url(), "sub", "gateway"));
    }

    @Test
    void isExchangedByNobodyItIsNotForAndNotForAnApplication() {
        assertRefused(
                issuer.exchange(ORDERS_API, issuer.opaqueTokenOf("alice"), "audience", "inventory-api"),
                400,
                "invalid_grant");
        assertRefused(issuer.exchange(GATEWAY, ownToken(), "audience", "orders-api"), 400, "invalid_grant");
    }

    @Test
    void isWorthNothingOnceItsAppHasRevokedIt() {
        String token = issuer.opaqueTokenOf("alice");

        assertThat(issuer.revoke(APP, token).status()).isEqualTo(200);

        assertThat(issuer.introspect(GATEWAY, token).text()).isEqualTo(INACTIVE);
        assertRefused(issuer.exchange(GATEWAY, token, "audience", "orders-api"), 400, "invalid_grant");
    }

    @Test
    void isRevokedByNobodyElse() {
        String token = issuer.opaqueTokenOf("alice");

        assertRefused(issuer.revoke(GATEWAY, token), 400, "invalid_client");

        assertThat(introspected(token).get("active").booleanValue()).isTrue();
    }

    /** Whoever reads {@code active} alone takes it for an access token. */
    @Test
    void saysOfARefreshTokenThatItIsActiveAndNeitherWhoseNorForWhom() {
        try (RunningIssuer fresh = RunningIssuer.withOpaqueTokens()) {
            CodeFlow app = CodeFlow.of(fresh, APP).signIn("alice");
            String refreshToken = text(
                    app.redeem(app.authorize("orders.read"), CodeFlow.VERIFIER).json(), "refresh_token");

            JsonNode told = fresh.introspect(GATEWAY, refreshToken).json();

            assertThat(told.get("active").booleanValue()).isTrue();
            assertThat(told.propertyNames()).containsExactlyInAnyOrder("active", "client_id", "iat", "exp");
            assertThat(text(told, "client_id")).isEqualTo("opaque-app");
            assertRefused(fresh.exchange(GATEWAY, refreshToken, "audience", "orders-api"), 400, "invalid_grant");
        }
    }

    /** And so it does of a code that nobody has redeemed. */
    @Test
    void saysTheSameOfAnAuthorizationCodeUntilItIsRedeemed() {
        try (RunningIssuer fresh = RunningIssuer.withOpaqueTokens()) {
            CodeFlow app = CodeFlow.of(fresh, APP).signIn("alice");
            String code = app.authorize("orders.read");

            assertThat(fresh.introspect(GATEWAY, code).json().propertyNames())
                    .containsExactlyInAnyOrder("active", "client_id", "iat", "exp");
            assertThat(app.redeem(code, CodeFlow.VERIFIER).status()).isEqualTo(200);
            assertThat(fresh.introspect(GATEWAY, code).text()).isEqualTo(INACTIVE);
        }
    }

    @Test
    void saysOfAnIdTokenThatItIsActiveAndForTheApp() {
        try (RunningIssuer fresh = RunningIssuer.withOpaqueTokens()) {
            CodeFlow app = CodeFlow.of(fresh, "native-app").signIn("alice");
            String idToken =
                    text(app.redeem(app.authorize("openid"), CodeFlow.VERIFIER).json(), "id_token");

            JsonNode told = fresh.introspect(GATEWAY, idToken).json();

            assertThat(told.get("active").booleanValue()).isTrue();
            assertThat(text(told, "sub")).isEqualTo("alice");
            assertThat(told.get("aud").toString()).isEqualTo("[\"native-app\"]");
            assertThat(told.has("token_type")).isFalse();
        }
    }

    @Test
    void isReplacedWhenTheAppRefreshesIt() {
        try (RunningIssuer fresh = RunningIssuer.withOpaqueTokens()) {
            CodeFlow app = CodeFlow.of(fresh, APP).signIn("alice");
            JsonNode first =
                    app.redeem(app.authorize("orders.read"), CodeFlow.VERIFIER).json();

            Answer second =
                    fresh.token(APP, "grant_type", "refresh_token", "refresh_token", text(first, "refresh_token"));

            assertThat(fresh.introspect(GATEWAY, text(first, "access_token")).text())
                    .isEqualTo(INACTIVE);
            JsonNode told = fresh.introspect(GATEWAY, second.accessToken()).json();
            assertThat(text(told, "sub")).isEqualTo("alice");
            assertThat(told.get("aud").toString()).isEqualTo("[\"gateway\"]");
            assertThat(text(told, "scope")).isEqualTo("orders.read");
        }
    }

    @Test
    void saysNothingMoreOfWhatItDoesNotKnow() {
        try (RunningIssuer other = RunningIssuer.withOpaqueTokens()) {
            for (String unknown : List.of("garbage", other.tokenOf("alice"), other.opaqueTokenOf("alice"))) {
                Answer answer = issuer.introspect(GATEWAY, unknown);

                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text()).isEqualTo(INACTIVE);
            }
        }
    }

    @Test
    void tellsNobodyWithoutTheRightSecret() {
        String token = issuer.opaqueTokenOf("alice");

        assertRefused(
                issuer.introspect(new Credentials("gateway", RunningIssuer.ORDERS_API_SECRET), token),
                401,
                "invalid_client");
        Answer anonymous = issuer.post("/oauth2/introspect", List.of("token", token));
        assertThat(anonymous.status()).isEqualTo(401);
        assertThat(anonymous.text()).isEmpty();
    }

    /** RFC 9701 would be an answer in a JWT. */
    @Test
    void answersInPlainJsonAlsoWhenASignedAnswerIsAskedFor() {
        Answer answer = issuer.post(
                "/oauth2/introspect",
                List.of("token", issuer.opaqueTokenOf("alice")),
                "Authorization",
                GATEWAY.basic(),
                "Accept",
                "application/token-introspection+jwt");

        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.json().get("active").booleanValue()).isTrue();
        assertThat(issuer.get("/.well-known/oauth-authorization-server").text())
                .contains("introspection_endpoint")
                .doesNotContain("introspection_signing_alg_values_supported");
    }

    private static String ownToken() {
        return issuer.token(DAEMON, "grant_type", "client_credentials").accessToken();
    }

    private static JsonNode introspected(String token) {
        return issuer.introspect(GATEWAY, token).json();
    }

    private static String text(JsonNode json, String name) {
        return json.get(name).stringValue();
    }

    private static void assertRefused(Answer answer, int status, String error) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error()).isEqualTo(error);
    }
}
