package dev.procura.gateway.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.http.HttpResponse;
import java.text.ParseException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job on a real Keycloak: nothing between the gateway and the server is pretended. */
final class KeycloakDelegationIT {

    private static KeycloakServer keycloak;
    private static RecordingTier tier;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        keycloak = KeycloakServer.shared();
        tier = RecordingTier.start();
        gateway = RunningGateway.start("""
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp: { profile: keycloak, issuer: "%1$s", audiences: [gateway, orders-api] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: keycloak, client-id: gateway, client-secret: "%2$s" }
                    orders-api: { issuer: "%1$s", dialect: keycloak, client-id: orders-api, client-secret: "%3$s", authentication: client-secret-post }
                    misconfigured: { issuer: "%1$s", dialect: keycloak, client-id: gateway, client-secret: wrong }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %4$s
                      require: { audiences: [gateway], scopes: [orders.read] }
                      credential: { on-behalf-of: gateway, audience: orders-api, scopes: [orders] }
                    - id: open-orders
                      path: /open-orders/**
                      uri: %4$s
                      require: { audiences: [gateway], caller: any }
                      credential: { on-behalf-of: gateway, audience: orders-api, scopes: [orders] }
                    - id: inventory
                      path: /inventory/**
                      uri: %4$s
                      tier: 2
                      require: { audiences: [orders-api], clients: [gateway], actor-token: true }
                      credential: { on-behalf-of: orders-api, audience: inventory-api, scopes: [inventory] }
                    - id: reports
                      path: /reports/**
                      uri: %4$s
                      require: { audiences: [gateway], roles: [report-reader] }
                      credential: { client-credentials: gateway, audience: reports-api, scopes: [reports], user-context: signed }
                    - id: misconfigured
                      path: /misconfigured/**
                      uri: %4$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: misconfigured, audience: orders-api, scopes: [orders] }
                    - id: unknown-audience
                      path: /unknown-audience/**
                      uri: %4$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: no-such-api }
                """.formatted(
                        keycloak.issuer(),
                        KeycloakServer.secretOf("gateway"),
                        KeycloakServer.secretOf("orders-api"),
                        tier.uri()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        tier.close();
    }

    @BeforeEach
    void forget() {
        tier.reset();
    }

    @Test
    void frontDoorTheTierGetsATokenForItselfInTheUsersName() throws ParseException {
        String alice = keycloak.passwordToken("alice");

        HttpResponse<String> answer = gateway.get("/orders/1", alice);

        assertThat(answer.statusCode()).isEqualTo(200);
        JWTClaimsSet claims = received();
        assertThat(claims.getSubject()).isEqualTo(subject(alice));
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(claims.getStringClaim("azp")).isEqualTo("gateway");
        assertThat(tier.last().everything()).doesNotContain(alice);
    }

    @Test
    void secondTierTheTokenIsExchangedAgainAsTheFirstTiersClient() throws ParseException {
        String alice = keycloak.passwordToken("alice");
        gateway.get("/orders/1", alice);
        String tierToken = tier.last().bearer();
        String actor = keycloak.clientToken("orders-api");

        HttpResponse<String> answer = gateway.get("/inventory/1", tierToken, "Actor-Token", actor);

        assertThat(answer.statusCode()).isEqualTo(200);
        JWTClaimsSet claims = received();
        assertThat(claims.getSubject()).isEqualTo(subject(alice));
        assertThat(claims.getAudience()).containsExactly("inventory-api");
        assertThat(claims.getStringClaim("azp")).isEqualTo("orders-api");
        assertThat(tier.last().everything()).doesNotContain(tierToken).doesNotContain(actor);
    }

    @Test
    void aLeakedTierTokenOpensTheSecondTierNeitherAloneNorBesideAnybodyElsesToken() {
        gateway.get("/orders/1", keycloak.passwordToken("carol"));
        String leaked = tier.last().bearer();
        tier.reset();

        assertProblem(gateway.get("/inventory/1", leaked), 401, "actor_token_missing");
        assertProblem(with(leaked, keycloak.clientToken("other-api")), 403, "actor_not_allowed");
        assertProblem(with(leaked, keycloak.clientToken("daemon")), 403, "actor_not_allowed");
        assertProblem(with(leaked, keycloak.passwordToken("carol")), 403, "actor_not_allowed");
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void trustedSubsystemTheTierGetsTheGatewaysOwnTokenAndASignedContext() throws ParseException {
        String alice = keycloak.passwordToken("alice");

        HttpResponse<String> answer = gateway.get("/reports/1", alice);

        assertThat(answer.statusCode()).isEqualTo(200);
        JWTClaimsSet claims = received();
        assertThat(claims.getStringClaim("azp")).isEqualTo("gateway");
        assertThat(claims.getSubject()).isNotEqualTo(subject(alice));
        assertThat(claims.getAudience()).contains("reports-api");
        assertThat(SignedJWT.parse(tier.last().header("Procura-User-Context").orElseThrow())
                        .getJWTClaimsSet()
                        .getJSONObjectClaim("caller"))
                .containsEntry("identity", java.util.Map.of("sub", subject(alice)))
                .containsEntry("client_id", "native-app");
        assertThat(tier.last().everything()).doesNotContain(alice);
    }

    @Test
    void aUserWithoutTheScopeIsRefusedAtTheDoorAndOneWithoutTheTargetByTheServer() {
        String bob = keycloak.passwordToken("bob");

        assertProblem(gateway.get("/orders/1", bob), 403, "scope_missing");
        assertProblem(gateway.get("/open-orders/1", bob), 403, "target_denied");
        assertProblem(gateway.get("/reports/1", bob), 403, "role_missing");
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void anApplicationIsNeverActedForThoughKeycloakWouldExchangeItsToken() {
        String daemon = keycloak.clientToken("daemon");
        String withSession = keycloak.clientToken("daemon-with-refresh");

        assertThat(keycloak.exchange("gateway", daemon, "orders-api", "orders").status())
                .isEqualTo(200);
        assertProblem(gateway.get("/open-orders/1", daemon), 403, "caller_cannot_be_acted_for");
        assertProblem(gateway.get("/open-orders/1", withSession), 403, "caller_cannot_be_acted_for");
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void anExchangedApplicationTokenDoesNotPassForAUserInTheSecondTier() {
        String laundered = keycloak.exchange("gateway", keycloak.clientToken("daemon"), "orders-api", "orders")
                .accessToken();

        assertProblem(with(laundered, keycloak.clientToken("orders-api")), 403, "caller_kind_refused");
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void afterALogoutTheTokenIsNotExchangedAnyMore() {
        String carol = keycloak.passwordToken("carol");
        keycloak.admin().logout("carol");

        HttpResponse<String> answer = gateway.get("/orders/1", carol);

        assertProblem(answer, 401, "subject_rejected");
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).contains("error=\"invalid_token\"");
        assertThat(answer.body()).doesNotContain("Invalid token");
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void aNewKeyIsTakenUpAtOnceAndAWithdrawnOneStopsWorking() {
        String underTheOldKey = keycloak.passwordToken("alice");
        String oldKey = keycloak.admin().signingKey();
        assertThat(gateway.get("/orders/1", underTheOldKey).statusCode()).isEqualTo(200);

        keycloak.admin().addSigningKey();
        keycloak.admin().withdrawSigningKey(oldKey);
        String underTheNewKey = keycloak.passwordToken("alice");

        assertThat(gateway.get("/orders/1", underTheNewKey).statusCode()).isEqualTo(200);
        assertProblem(gateway.get("/orders/1", underTheOldKey), 401, "key_unknown");
    }

    @Test
    void aWrongSecretAndAnUnknownAudienceAreOursAndTellTheCallerNothing() {
        HttpResponse<String> wrongSecret = gateway.get("/misconfigured/1", keycloak.passwordToken("alice"));
        HttpResponse<String> paused = gateway.get("/misconfigured/1", keycloak.passwordToken("alice"));
        HttpResponse<String> unknownAudience = gateway.get("/unknown-audience/1", keycloak.passwordToken("alice"));

        assertProblem(wrongSecret, 502, "client_refused");
        assertProblem(paused, 502, "client_refused");
        assertThat(paused.headers().firstValue("Retry-After")).isPresent();
        assertProblem(unknownAudience, 502, "token_request_refused");
        assertThat(gateway.get("/orders/1", keycloak.passwordToken("alice")).statusCode())
                .isEqualTo(200);
    }

    private static HttpResponse<String> with(String token, String actor) {
        return gateway.get("/inventory/1", token, "Actor-Token", actor);
    }

    private static JWTClaimsSet received() throws ParseException {
        return SignedJWT.parse(tier.last().bearer()).getJWTClaimsSet();
    }

    private static String subject(String token) throws ParseException {
        return SignedJWT.parse(token).getJWTClaimsSet().getSubject();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
    }
}
