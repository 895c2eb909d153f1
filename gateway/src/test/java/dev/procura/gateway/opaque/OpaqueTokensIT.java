package dev.procura.gateway.opaque;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.PackagedGateway;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Opaque tokens through the gateway: a real Spring Authorization Server says what they stand for. */
final class OpaqueTokensIT {

    private static SampleIssuer issuer;
    private static RecordingTier tier;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        issuer = SampleIssuer.start();
        tier = RecordingTier.start();
        gateway = RunningGateway.start(configuration(issuer));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        tier.close();
        issuer.close();
    }

    @BeforeEach
    void forget() {
        tier.reset();
    }

    @Test
    void aUsersOpaqueTokenIsTradedForAJwtForTheTierInTheUsersName() throws ParseException {
        String alice = issuer.opaqueTokenOf("alice");

        assertThat(gateway.get("/orders/1", alice).statusCode()).isEqualTo(200);

        JWTClaimsSet claims = received();
        assertThat(claims.getIssuer()).isEqualTo(issuer.url());
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(claims.getJSONObjectClaim("act")).isEqualTo(Map.of("iss", issuer.url(), "sub", "gateway"));
        assertThat(tier.last().everything()).doesNotContain(alice);
    }

    @Test
    void twoUsersAreNeverTakenForEachOther() throws ParseException {
        assertThat(gateway.get("/inbox/1", issuer.opaqueTokenOf("alice")).statusCode())
                .isEqualTo(200);
        assertThat(received().getSubject()).isEqualTo("alice");

        assertThat(gateway.get("/inbox/1", issuer.opaqueTokenOf("bob")).statusCode())
                .isEqualTo(200);
        assertThat(received().getSubject()).isEqualTo("bob");
    }

    @Test
    void theRoutesDemandsHoldForOpaqueTokensToo() {
        assertRefused(gateway.get("/orders/1", issuer.opaqueTokenOf("bob")), 403, "scope_missing");
        assertRefused(gateway.get("/reports/1", issuer.opaqueTokenOf("bob")), 403, "role_missing");
        assertThat(tier.received()).isEmpty();

        assertThat(gateway.get("/reports/1", issuer.opaqueTokenOf("alice")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void anApplicationsOpaqueTokenOpensRoutesForApplicationsAndNoOthers() throws ParseException {
        String daemon = issuer.opaqueTokenOfAnApplication("orders.read");

        assertRefused(gateway.get("/orders/1", daemon), 403, "caller_kind_refused");
        assertThat(tier.received()).isEmpty();

        assertThat(gateway.get("/daemons/1", daemon).statusCode()).isEqualTo(200);
        assertThat(received().getSubject()).isEqualTo("gateway");
        assertThat(tier.last().everything()).doesNotContain(daemon);
        assertRefused(gateway.get("/daemons/1", issuer.opaqueTokenOf("alice")), 403, "caller_kind_refused");
    }

    @Test
    void aJwtOfTheSameIssuerWorksAsWell() throws ParseException {
        assertThat(gateway.get("/orders/1", issuer.jwtOf("alice")).statusCode()).isEqualTo(200);

        assertThat(received().getSubject()).isEqualTo("alice");
        assertThat(received().getAudience()).containsExactly("orders-api");
    }

    @Test
    void aTokenThatWasRevokedBeforeItCameOpensNothing() {
        String revoked = issuer.opaqueTokenOf("alice");
        issuer.revoke(revoked);

        assertInactive(revoked);
    }

    @Test
    void whatTheIssuerDoesNotKnowOpensNothing() {
        assertInactive("garbage");
        assertInactive(issuer.opaqueTokenOf("alice") + "x");
    }

    /** The server calls it active, and names neither a user nor an audience. */
    @Test
    void aRefreshTokenIsNoAccessToken() {
        HttpResponse<String> answer = gateway.get("/orders/1", issuer.refreshTokenOf("alice"));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).contains("error=\"invalid_token\"");
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void withoutTheIssuerOnlyTokensSeenAMomentAgoStillOpenTheDoor() {
        try (SampleIssuer other = SampleIssuer.start();
                PackagedGateway behind =
                        PackagedGateway.start(configuration(other)).ready()) {
            String seen = other.opaqueTokenOf("alice");
            String unseen = other.opaqueTokenOf("alice");
            assertThat(get(behind, seen).statusCode()).isEqualTo(200);
            other.stop();
            tier.reset();

            HttpResponse<String> refused = get(behind, unseen);

            assertRefused(refused, 503, "introspection_unavailable");
            assertThat(refused.headers().firstValue("Retry-After").orElse("")).matches("[1-9][0-9]*");
            assertThat(tier.received()).isEmpty();
            assertThat(get(behind, seen).statusCode()).isEqualTo(200);
            assertThat(tier.received()).hasSize(1);
        }
    }

    private static HttpResponse<String> get(PackagedGateway behind, String token) {
        return behind.send(
                behind.request("/orders/1")
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String configuration(SampleIssuer trusted) {
        return """
                procura:
                  issuers:
                    sample:
                      issuer: %1$s
                      audiences: [gateway]
                      introspection: { uri: "%1$s/oauth2/introspect", client: gateway }
                  clients:
                    gateway: { issuer: "%1$s", dialect: spring, client-id: gateway, client-secret: "%2$s" }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %3$s
                      require: { audiences: [gateway], scopes: [orders.read] }
                      credential: { on-behalf-of: gateway, audience: orders-api }
                    - id: inbox
                      path: /inbox/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: orders-api }
                    - id: reports
                      path: /reports/**
                      uri: %3$s
                      require: { audiences: [gateway], roles: [report-reader] }
                      credential: { client-credentials: gateway, audience: reports-api }
                    - id: daemons
                      path: /daemons/**
                      uri: %3$s
                      require: { audiences: [gateway], caller: app }
                      credential: { client-credentials: gateway, audience: reports-api }
                """.formatted(trusted.url(), SampleIssuer.secretOf("gateway"), tier.uri());
    }

    private static JWTClaimsSet received() throws ParseException {
        return SignedJWT.parse(tier.last().bearer()).getJWTClaimsSet();
    }

    private static void assertInactive(String token) {
        HttpResponse<String> answer = gateway.get("/orders/1", token);

        assertRefused(answer, 401, "token_inactive");
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).contains("error=\"invalid_token\"");
        assertThat(tier.received()).isEmpty();
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
    }
}
