package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Revocations over HTTP: by an operator on the management port, by an authorization server on the callers' port. */
final class ForgettingTest {

    private static final String LOGOUT = "/procura/back-channel-logout";
    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";

    private static FakeAuthorizationServer server;
    private static FakeAuthorizationServer partner;
    private static RecordingTier tier;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        server = FakeAuthorizationServer.start();
        partner = FakeAuthorizationServer.start();
        tier = RecordingTier.start();
        gateway = RunningGateway.start(configuration("""
                management: { require: { issuers: [corp], roles: [gateway-admin] } }
                """));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        tier.close();
        server.close();
        partner.close();
    }

    @BeforeEach
    void forget() {
        server.reset();
        tier.reset();
    }

    private static String configuration(String more) {
        return configuration(server, partner, tier, more);
    }

    /** @param more a line below procura */
    static String configuration(
            FakeAuthorizationServer server, FakeAuthorizationServer partner, RecordingTier tier, String more) {
        return """
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway, orders-api], id-tokens: accept, logout: { audiences: [web-app] } }
                    partner: { issuer: "%2$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: secret }
                    orders-api: { issuer: "%1$s", dialect: spring, client-id: orders-api, client-secret: secret }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp, partner] }
                      credential: { on-behalf-of: gateway, audience: orders-api }
                    - id: reports
                      path: /reports/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp] }
                      credential: { client-credentials: gateway, audience: reports-api, user-context: signed }
                    - id: inventory
                      path: /inventory/**
                      uri: %3$s
                      tier: 2
                      require: { audiences: [orders-api], issuers: [corp], actor-token: true }
                      credential: { on-behalf-of: orders-api, audience: inventory-api }
                    - id: everything-else
                      path: /**
                      uri: %3$s
                      require: { caller: anyone }
                      credential: { none: true }
                """.formatted(server.issuer(), partner.issuer(), tier.uri()) + "  " + more;
    }

    // By an operator.

    @Test
    void aRevokedSessionIsRefusedAtOnceAndItsCredentialIsNotUsedAgain() {
        String sid = unique();
        String token = user("alice", sid);
        assertThat(gateway.get("/orders/1", token).statusCode()).isEqualTo(200);
        assertThat(gateway.get("/reports/1", token).statusCode()).isEqualTo(200);
        tier.reset();

        HttpResponse<String> answer = revoke("{\"session\":\"" + sid + "\",\"issuer\":\"corp\"}", admin());

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body())
                .contains("\"revoked\":{\"session\":\"" + sid + "\",\"issuer\":\"" + server.issuer())
                .contains("\"not-before\":\"", "\"until\":\"", "\"told\":\"alone\"");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        for (String path : List.of("/orders/1", "/reports/1", "/orders/2")) {
            assertRevoked(gateway.get(path, token));
        }
        assertThat(tier.received()).isEmpty();
        assertThat(gateway.get("/orders/1", later(Map.of("sub", "alice", "sid", sid)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anActorTokenThatIsRevokedProvesNothing() {
        Map<String, Object> api = Map.of("sub", "orders-api", "client_id", "orders-api");
        Map<String, Object> earlier = new HashMap<>(api);
        earlier.put("iat", Instant.now().getEpochSecond() - 5);
        String actor = server.token(earlier);
        String caller = server.token(Map.of("sub", "dora", "aud", "orders-api", "client_id", "gateway"));
        assertThat(gateway.get("/inventory/1", caller, "Actor-Token", actor).statusCode())
                .isEqualTo(200);

        revoke("{\"client\":\"orders-api\",\"issuer\":\"corp\"}", admin());

        HttpResponse<String> refused = gateway.get("/inventory/1", caller, "Actor-Token", actor);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("actor_token_invalid");
        assertThat(gateway.get("/inventory/1", caller, "Actor-Token", later(api))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void theTokensOfAnotherIssuerWithTheSameNamesStay() {
        String sid = unique();
        String here = user("erin", sid);
        String there = partner.token(Map.of("sub", "erin", "sid", sid));

        revoke("{\"session\":\"" + sid + "\",\"issuer\":\"corp\"}", admin());
        revoke("{\"subject\":\"erin\",\"issuer\":\"" + server.issuer() + "\"}", admin());

        assertRevoked(gateway.get("/orders/1", here));
        assertThat(gateway.get("/orders/1", there).body()).doesNotContain("token_revoked");
    }

    static Stream<Arguments> strangers() {
        return Stream.of(
                Arguments.of("no token", "", 401, "token_missing"),
                Arguments.of("garbage", "Bearer garbage", 401, "token_malformed"),
                Arguments.of("another scheme", "Basic YTpi", 401, "token_missing"),
                Arguments.of("no role", bearer(server.token(Map.of("sub", "u"))), 403, "role_missing"),
                Arguments.of(
                        "another role",
                        bearer(server.token(Map.of("sub", "u", "roles", List.of("admin", "gateway-admins")))),
                        403,
                        "role_missing"),
                Arguments.of(
                        "another issuer with the role",
                        bearer(partner.token(Map.of("sub", "u", "roles", List.of("gateway-admin")))),
                        401,
                        "issuer_not_accepted_here"),
                Arguments.of(
                        "a tier's token with the role",
                        bearer(server.token(Map.of("aud", "orders-api", "roles", List.of("gateway-admin")))),
                        401,
                        "audience_mismatch"),
                Arguments.of(
                        "an ID token with the role",
                        bearer(server.token(
                                Map.of("roles", List.of("gateway-admin"), "at_hash", "x", "nonce", "n", "typ", "ID"))),
                        401,
                        "token_type_refused"),
                Arguments.of(
                        "an expired one with the role",
                        bearer(server.token(Map.of("roles", List.of("gateway-admin"), "exp", 1_000_000))),
                        401,
                        "token_expired"),
                Arguments.of(
                        "one that somebody else signed",
                        bearer(server.sign(
                                Map.of("roles", List.of("gateway-admin")), FakeAuthorizationServer.newKey())),
                        401,
                        "key_unknown"));
    }

    @ParameterizedTest(name = "{0}: {2} {3}")
    @MethodSource("strangers")
    void nobodyRevokesOrLooksWithoutThePermit(String who, String authorization, int status, String code) {
        String victim = user("victim", unique());
        for (String method : List.of("POST", "GET")) {
            HttpResponse<String> answer = management(gateway, method, "{\"everything\":true}", authorization);

            assertThat(answer.statusCode()).as(method).isEqualTo(status);
            assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
            assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                    .startsWith("Bearer realm=\"procura\"");
        }
        assertThat(gateway.get("/orders/1", victim).statusCode()).isEqualTo(200);
    }

    @Test
    void anAdministratorWhoIsRevokedRevokesNobody() {
        String sid = unique();
        String fired = server.token(Map.of("sub", "root", "sid", sid, "roles", List.of("gateway-admin")));
        assertThat(management(gateway, "GET", "", bearer(fired)).statusCode()).isEqualTo(200);

        revoke("{\"session\":\"" + sid + "\",\"issuer\":\"corp\"}", admin());

        HttpResponse<String> answer = revoke("{\"subject\":\"x\",\"issuer\":\"corp\"}", fired);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("token_revoked");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"everything\":true} x",
                "{\"everything\":false}",
                "{\"everything\":\"true\"}",
                "{\"everything\":true,\"issuer\":\"corp\"}",
                "{\"everything\":true,\"everything\":true}",
                "{'everything':true}",
                "{\"subject\":\"a\"}",
                "{\"subject\":\"a\",\"issuer\":\"crop\"}",
                "{\"subject\":\"a\",\"issuer\":\"https://e.example\"}",
                "{\"subject\":\"a\",\"issuer\":\"corp\",\"session\":\"b\"}",
                "{\"subject\":\"a\",\"issuer\":\"corp\",\"note\":\"b\"}",
                "{\"subject\":\"\",\"issuer\":\"corp\"}",
                "{\"subject\":7,\"issuer\":\"corp\"}",
                "{\"subject\":null,\"issuer\":\"corp\"}",
                "{\"subject\":\"Not supported currently. Use oid claim.\",\"issuer\":\"corp\"}",
                "{\"tenant\":\"t\",\"issuer\":\"crop\"}",
                "{\"Subject\":\"a\",\"issuer\":\"corp\"}",
                "{\"subject\":\"a\",\"issuer\":\"corp\",\"not-before\":\"2100-01-01T00:00:00Z\"}",
                "{\"subject\":\"a\",\"issuer\":\"corp\",\"not-before\":\"yesterday\"}",
                "{\"subject\":\"a\",\"issuer\":\"corp\",\"not-before\":1700000000}",
                "{\"subject\":\"a\",\"issuer\":\"corp\",\"notBefore\":\"2020-01-01T00:00:00Z\"}"
            })
    void aMistakeDoesNotLookLikeSuccess(String body) {
        HttpResponse<String> answer = revoke(body, admin());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"revocation_refused\"", "\"detail\":\"");
    }

    @Test
    void aBodyThatIsTooLargeOrNoJsonIsRefused() {
        String large = "{\"everything\":true" + " ".repeat(9_000) + "}";
        assertThat(revoke(large, admin()).statusCode()).isEqualTo(400);

        HttpRequest form = to(gateway, bearer(admin()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("{\"everything\":true}"))
                .build();
        assertThat(gateway.send(form).statusCode()).isEqualTo(400);
    }

    @Test
    void aListSaysWhatCounts() {
        String sid = unique();
        revoke("{\"session\":\"" + sid + "\",\"issuer\":\"corp\"}", admin());

        HttpResponse<String> answer = management(gateway, "GET", "", bearer(admin()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"held\":", sid).doesNotContain("eyJ");
    }

    @Test
    void anOlderNotBeforeSparesWhatWasIssuedSince() {
        String user = unique();
        String token = server.token(Map.of("sub", user));
        HttpResponse<String> answer = revoke(
                "{\"subject\":\"" + user + "\",\"issuer\":\"corp\",\"not-before\":\"2024-02-01T10:00:00+01:00\"}",
                admin());

        assertThat(answer.body()).contains("\"not-before\":\"2024-02-01T09:00:00Z\"");
        assertThat(gateway.get("/orders/1", token).statusCode()).isEqualTo(200);
    }

    @Test
    void aNotBeforeALittleAheadRefusesWhatAClockThatIsAheadHasIssued() {
        String user = unique();
        Map<String, Object> ahead =
                Map.of("sub", user, "iat", Instant.now().plusSeconds(20).getEpochSecond());
        String asked = "{\"subject\":\"" + user + "\",\"issuer\":\"corp\"";
        revoke(asked + "}", admin());
        assertThat(gateway.get("/orders/1", server.token(ahead)).statusCode())
                .as("issued later, says its iat")
                .isEqualTo(200);

        Instant minute = Instant.now().plusSeconds(60);
        assertThat(revoke(asked + ",\"not-before\":\"" + minute + "\"}", admin())
                        .statusCode())
                .isEqualTo(201);

        assertRevoked(gateway.get("/orders/1", server.token(ahead)));
        HttpResponse<String> tooFar =
                revoke(asked + ",\"not-before\":\"" + Instant.now().plusSeconds(330) + "\"}", admin());
        assertThat(tooFar.statusCode()).isEqualTo(400);
        assertThat(tooFar.body()).contains("not-before is more than 5 minutes in the future");
    }

    @Test
    void theCallersPortHasNoSuchEndpoint() {
        // The route of everything else takes it, as it takes any path.
        HttpRequest request = gateway.request("/actuator/revocations", "Content-Type", "application/json")
                .header("Authorization", bearer(admin()))
                .POST(HttpRequest.BodyPublishers.ofString("{\"everything\":true}"))
                .build();
        String victim = user("victim", unique());

        gateway.send(request);

        assertThat(gateway.get("/orders/1", victim).statusCode()).isEqualTo(200);
    }

    // By an authorization server.

    @Test
    void aLogoutEndsTheSessionAndALaterTokenIsLetIn() {
        String user = unique();
        String token = user(user, "s-" + user);
        assertThat(gateway.get("/orders/1", token).statusCode()).isEqualTo(200);
        int asked = server.tokenRequests().size();

        HttpResponse<String> done = logout(logoutToken(user, Map.of(), server));

        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.body()).isEmpty();
        assertThat(done.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertRevoked(gateway.get("/orders/1", token));
        assertThat(server.tokenRequests()).hasSize(asked);
        String later = later(Map.of("sub", user, "sid", "another"));
        assertThat(gateway.get("/orders/1", later).statusCode()).isEqualTo(200);
    }

    /** Who has seen one on its way ends nothing with it that was not over before. */
    @Test
    void aStolenLogoutTokenIsTakenOnce() {
        String user = unique();
        String token = logoutToken(user, Map.of(), server);
        assertThat(logout(token).statusCode()).isEqualTo(200);
        String later = later(Map.of("sub", user, "sid", "s-" + user));
        assertThat(gateway.get("/orders/1", later).statusCode()).isEqualTo(200);

        assertNotAccepted(logout(token));

        assertThat(gateway.get("/orders/1", later).statusCode()).isEqualTo(200);
    }

    @Test
    void nobodyElseLogsAUserOut() {
        String user = unique();
        String token = user(user, "s-" + user);
        Map<String, Object> withIssuer = Map.of("iss", server.issuer());
        assertNotAccepted(logout(logoutToken(user, withIssuer, FakeAuthorizationServer.newKey())));
        assertNotAccepted(logout(logoutToken(user, withIssuer, partner)));
        assertNotAccepted(logout(logoutToken(user, Map.of("iss", partner.issuer()), partner)));
        assertNotAccepted(logout(logoutToken(user, Map.of("aud", "another"), server)));
        assertNotAccepted(logout(token));
        assertNotAccepted(logout(""));

        assertThat(gateway.get("/orders/1", token).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNoFormWithOneTokenIsRefused() {
        String token = logoutToken(unique(), Map.of(), server);
        for (String form : List.of(
                "",
                "token=" + token,
                "LOGOUT_TOKEN=" + token,
                "logout_token=" + token + "&logout_token=" + token,
                "logout_token=%zz",
                "logout_token=" + "a".repeat(40_000))) {
            assertNotAccepted(post(form, "application/x-www-form-urlencoded"));
        }
        assertThat(post("{\"logout_token\":\"" + token + "\"}", "application/json")
                        .statusCode())
                .isEqualTo(415);
        assertThat(post("state=x&logout_token=" + token, "application/x-www-form-urlencoded; charset=utf-8")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void theGatewaysOwnPathWinsOverARouteAndTakesNothingButPost() {
        HttpResponse<String> answer = gateway.get(LOGOUT);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("no_route");
        assertThat(tier.received()).isEmpty();
    }

    private static HttpResponse<String> logout(String token) {
        return post("logout_token=" + token, "application/x-www-form-urlencoded");
    }

    private static HttpResponse<String> post(String body, String type) {
        return gateway.send(gateway.request(LOGOUT, "Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private static void assertNotAccepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.body())
                .isEqualTo(
                        "{\"error\":\"invalid_request\",\"error_description\":\"The logout token is not accepted\"}");
    }

    private static String logoutToken(String user, Map<String, Object> more, FakeAuthorizationServer signer) {
        Map<String, Object> claims = new LinkedHashMap<>(Map.of("iss", server.issuer()));
        claims.putAll(more);
        return logoutToken(user, claims, signer.key());
    }

    private static String logoutToken(String user, Map<String, Object> more, RSAKey key) {
        Instant now = Instant.now();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .audience("web-app")
                .subject(user)
                .claim("sid", "s-" + user)
                .claim("iat", now.getEpochSecond())
                .claim("exp", now.getEpochSecond() + 120)
                .claim("jti", unique())
                .claim("events", Map.of(EVENT, Map.of()));
        more.forEach(claims::claim);
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(key.getKeyID())
                        .type(new JOSEObjectType("logout+jwt"))
                        .build(),
                claims.build());
        try {
            jwt.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    private static String user(String name, String sid) {
        return server.token(Map.of("sub", name, "sid", sid, "iat", Instant.now().getEpochSecond() - 5));
    }

    /** Issued after everything that has been revoked up to now; the gateway allows for clocks that are not quite right. */
    private static String later(Map<String, Object> claims) {
        Map<String, Object> all = new HashMap<>(claims);
        all.put("iat", Instant.now().getEpochSecond() + 5);
        return server.token(all);
    }

    private static String admin() {
        return later(Map.of("sub", "root", "roles", List.of("gateway-admin")));
    }

    private static String bearer(String token) {
        return "Bearer " + token;
    }

    private static String unique() {
        return UUID.randomUUID().toString();
    }

    private static HttpResponse<String> revoke(String body, String token) {
        return management(gateway, "POST", body, bearer(token));
    }

    static HttpResponse<String> management(RunningGateway one, String method, String body, String authorization) {
        HttpRequest.Builder request = to(one, authorization)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        method.equals("POST")
                                ? HttpRequest.BodyPublishers.ofString(body)
                                : HttpRequest.BodyPublishers.noBody());
        return one.send(request.build());
    }

    private static HttpRequest.Builder to(RunningGateway one, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + one.managementPort() + "/actuator/revocations"))
                .timeout(Duration.ofSeconds(30));
        return authorization.isEmpty() ? request : request.header("Authorization", authorization);
    }

    static void assertRevoked(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"code\":\"token_revoked\"");
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("error=\"invalid_token\"", "The access token has been revoked");
    }
}
