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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom the front door lets in on a real Keycloak, by how they got their token, and as what. */
final class KeycloakCallersIT {

    private static KeycloakServer keycloak;
    private static RecordingTier tier;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        keycloak = KeycloakServer.shared();
        tier = RecordingTier.start();
        gateway =
                RunningGateway.start("""
                procura:
                  issuers:
                    corp: { profile: keycloak, issuer: "%1$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: keycloak, client-id: gateway, client-secret: "%2$s" }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %3$s
                      require: { audiences: [gateway], scopes: [orders.read] }
                      credential: { on-behalf-of: gateway, audience: orders-api, scopes: [orders] }
                    - id: jobs
                      path: /jobs/**
                      uri: %3$s
                      require: { audiences: [gateway], caller: app }
                      credential: { client-credentials: gateway, audience: reports-api, scopes: [reports] }
                """.formatted(keycloak.issuer(), KeycloakServer.secretOf("gateway"), tier.uri()));
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
    void aUserByPasswordThroughAPublicClientIsActedFor() throws ParseException {
        assertActedFor(keycloak.passwordToken("alice"));
    }

    @Test
    void aUserByCodeAndPkceThroughAPublicClientIsActedFor() throws ParseException {
        assertActedFor(keycloak.signInOnThePage("native-app", "alice").accessToken());
    }

    @Test
    void twoUsersOfTheSameApplicationStayTwo() throws ParseException {
        String alice = keycloak.signInOnThePage("native-app", "alice").accessToken();
        String carol = keycloak.signInOnThePage("native-app", "carol").accessToken();
        assertThat(claims(alice).getSubject()).isNotEqualTo(claims(carol).getSubject());

        assertActedFor(alice);
        assertActedFor(carol);
    }

    /** With the scope that the route asks for, so that only the kind can be what is wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"daemon", "daemon-with-refresh"})
    void anApplicationIsRefusedWhereUsersAreActedFor(String client) {
        assertProblem(
                gateway.get("/orders/1", keycloak.clientToken(client, "orders.read")), 403, "caller_kind_refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"daemon", "daemon-with-refresh"})
    void anApplicationIsServedWhereApplicationsAreWithTheGatewaysOwnRights(String client) throws ParseException {
        String token = keycloak.clientToken(client);

        HttpResponse<String> answer = gateway.get("/jobs/1", token);

        assertThat(answer.statusCode()).isEqualTo(200);
        JWTClaimsSet received = claims(tier.last().bearer());
        assertThat(received.getStringClaim("azp")).isEqualTo("gateway");
        assertThat(received.getAudience()).contains("reports-api");
        assertThat(received.getSubject()).isNotEqualTo(claims(token).getSubject());
        assertThat(tier.last().everything()).doesNotContain(token);
    }

    @Test
    void aUserIsRefusedWhereOnlyApplicationsAreServed() {
        assertProblem(gateway.get("/jobs/1", keycloak.passwordToken("alice")), 403, "caller_kind_refused");
        assertProblem(
                gateway.get(
                        "/jobs/1",
                        keycloak.signInOnThePage("native-app", "alice").accessToken()),
                403,
                "caller_kind_refused");
    }

    /** The access token of the same sign-in gets through, so nothing but the kind of token is wrong. */
    @Test
    void anIdTokenIsNoAccessToken() throws ParseException {
        Answer signIn = keycloak.signIn("alice", "openid");

        assertNotLetIn(member(signIn, "id_token"), "token_type_refused");
        assertActedFor(signIn.accessToken());
    }

    /** Keycloak signs it for itself, with a secret that only Keycloak has. */
    @Test
    void aRefreshTokenIsNoAccessToken() throws ParseException {
        Answer signIn = keycloak.signIn("alice");

        assertNotLetIn(member(signIn, "refresh_token"), "algorithm_refused");
        assertActedFor(signIn.accessToken());
    }

    @Test
    void withoutIntrospectionALightweightTokenIsRefused() {
        assertNotLetIn(keycloak.signInThrough("light-app", "alice").accessToken(), "audience_mismatch");
        assertNotLetIn(keycloak.signInOnThePage("light-app", "alice").accessToken(), "audience_mismatch");
        assertNotLetIn(keycloak.clientToken("light-daemon", "orders.read"), "audience_mismatch");
    }

    /** Such a token can be exchanged; but nobody knows whose it is before that. */
    @Test
    void withoutIntrospectionALightweightTokenForTheGatewayIsStillNobodys() {
        String token =
                keycloak.signInThrough("light-app", "alice", "front-door-light").accessToken();

        assertNotLetIn(token, "identity_missing");
        assertThat(keycloak.exchange("gateway", token, "orders-api", "orders").status())
                .isEqualTo(200);
    }

    private static void assertActedFor(String token) throws ParseException {
        HttpResponse<String> answer = gateway.get("/orders/1", token);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JWTClaimsSet received = claims(tier.last().bearer());
        assertThat(received.getSubject()).isEqualTo(claims(token).getSubject());
        assertThat(received.getStringClaim("sid")).isEqualTo(claims(token).getStringClaim("sid"));
        assertThat(received.getAudience()).containsExactly("orders-api");
        assertThat(received.getStringClaim("azp")).isEqualTo("gateway");
        assertThat(tier.last().everything()).doesNotContain(token);
    }

    private static void assertNotLetIn(String token, String code) {
        HttpResponse<String> answer = gateway.get("/orders/1", token);

        assertProblem(answer, 401, code);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).contains("error=\"invalid_token\"");
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(tier.received()).isEmpty();
    }

    /** The test must not go on with an empty text, which the gateway would refuse for another reason. */
    private static String member(Answer signIn, String name) {
        String token = signIn.body().path(name).asString("");
        assertThat(token).as(name).isNotBlank();
        return token;
    }

    private static JWTClaimsSet claims(String token) throws ParseException {
        return SignedJWT.parse(token).getJWTClaimsSet();
    }
}
