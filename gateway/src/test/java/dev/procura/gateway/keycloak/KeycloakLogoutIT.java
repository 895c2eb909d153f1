package dev.procura.gateway.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Back-channel logout of a real Keycloak: what it sends is taken as it is, and ends what was issued before. */
final class KeycloakLogoutIT {

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
                    corp:
                      profile: keycloak
                      issuer: "%1$s"
                      audiences: [gateway]
                      logout: { audiences: [web-app] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: keycloak, client-id: gateway, client-secret: "%2$s" }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: orders-api, scopes: [orders] }
                """.formatted(keycloak.issuer(), KeycloakServer.secretOf("gateway"), tier.uri()));
        keycloak.admin()
                .send(
                        "POST",
                        "/procura/clients",
                        Map.of(
                                "clientId",
                                "web-app",
                                "protocol",
                                "openid-connect",
                                "publicClient",
                                true,
                                "directAccessGrantsEnabled",
                                true,
                                "fullScopeAllowed",
                                true,
                                "attributes",
                                Map.of(
                                        "backchannel.logout.url",
                                        "http://127.0.0.1:" + gateway.port() + "/procura/back-channel-logout",
                                        "backchannel.logout.session.required",
                                        "true"),
                                "defaultClientScopes",
                                List.of("basic", "acr", "roles", "profile", "email", "front-door", "orders.read")));
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
    void theTokensOfASessionThatIsEndedAreRefusedAtOnceAndNoOthers() throws ParseException {
        String ended = keycloak.signInThrough("web-app", "alice").accessToken();
        String other = keycloak.signInThrough("web-app", "alice").accessToken();
        assertThat(gateway.get("/orders/1", ended).statusCode()).isEqualTo(200);
        assertThat(gateway.get("/orders/1", other).statusCode()).isEqualTo(200);
        tier.reset();

        keycloak.admin().endSession(claim(ended, "sid"));

        // Keycloak tells before it answers the administrator.
        HttpResponse<String> refused = gateway.get("/orders/1", ended);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("\"code\":\"token_revoked\"");
        assertThat(tier.received()).isEmpty();
        assertThat(gateway.get("/orders/1", other).statusCode()).isEqualTo(200);
    }

    @Test
    void aUserWhoIsLoggedOutEverywhereComesBackWithANewSignIn() {
        String one = keycloak.signInThrough("web-app", "bob").accessToken();
        String two = keycloak.signInThrough("web-app", "bob").accessToken();
        assertThat(gateway.get("/orders/1", one).body()).doesNotContain("token_revoked");

        keycloak.admin().logout("bob");

        assertThat(gateway.get("/orders/1", one).body()).contains("token_revoked");
        assertThat(gateway.get("/orders/1", two).body()).contains("token_revoked");
        String again = keycloak.signInThrough("web-app", "bob").accessToken();
        assertThat(gateway.get("/orders/1", again).body()).doesNotContain("token_revoked");
    }

    /** The access token is signed by the same keys, and so is the ID token. */
    @Test
    void otherTokensOfTheSameServerLogNobodyOut() {
        Answer signIn = keycloak.signInThrough("web-app", "alice", "openid");
        String access = signIn.accessToken();

        for (String token : List.of(access, signIn.body().path("id_token").asString())) {
            assertThat(logout(token).statusCode()).isEqualTo(400);
        }
        assertThat(gateway.get("/orders/1", access).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> logout(String token) {
        return gateway.send(
                gateway.request("/procura/back-channel-logout", "Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("logout_token=" + token))
                        .build());
    }

    private static String claim(String token, String name) throws ParseException {
        return SignedJWT.parse(token).getJWTClaimsSet().getStringClaim(name);
    }
}
