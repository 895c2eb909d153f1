package dev.procura.gateway.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.ShiftedClock;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Introspection on a real Keycloak: tokens that say next to nothing themselves, and tokens that Keycloak has ended. */
final class KeycloakLightweightIT {

    /** Longer than an answer is believed. */
    private static final Duration ANSWER_LIFE = Duration.ofSeconds(31);

    private static final ShiftedClock CLOCK = new ShiftedClock();

    private static KeycloakServer keycloak;
    private static RecordingTier tier;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        keycloak = KeycloakServer.shared();
        tier = RecordingTier.start();
        gateway = RunningGateway.start(CLOCK, """
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp:
                      profile: keycloak
                      issuer: "%1$s"
                      audiences: [gateway]
                      introspection: { uri: "%2$s", client: gateway }
                  clients:
                    gateway: { issuer: "%1$s", dialect: keycloak, client-id: gateway, client-secret: "%3$s" }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %4$s
                      require: { audiences: [gateway], scopes: [orders.read] }
                      credential: { on-behalf-of: gateway, audience: orders-api, scopes: [orders] }
                    - id: reports
                      path: /reports/**
                      uri: %4$s
                      require: { audiences: [gateway], roles: [report-reader] }
                      credential: { client-credentials: gateway, audience: reports-api, scopes: [reports], user-context: signed }
                    - id: jobs
                      path: /jobs/**
                      uri: %4$s
                      require: { audiences: [gateway], caller: app }
                      credential: { client-credentials: gateway, audience: reports-api, scopes: [reports] }
                    - id: legacy
                      path: /legacy/**
                      uri: %4$s
                      require: { audiences: [gateway] }
                      credential: { pass-through: true }
                """.formatted(
                keycloak.issuer(), keycloak.introspectionUri(), KeycloakServer.secretOf("gateway"), tier.uri()));
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
    void aUserWithALightweightTokenIsActedFor() throws ParseException {
        String token =
                keycloak.signInThrough("light-app", "alice", "front-door-light").accessToken();
        assertThat(claims(token).getSubject()).isNull();

        assertThat(gateway.get("/orders/1", token).statusCode()).isEqualTo(200);
        JWTClaimsSet received = claims(tier.last().bearer());
        assertThat(received.getSubject()).isEqualTo(subjectOf("alice"));
        assertThat(received.getStringClaim("sid")).isEqualTo(claims(token).getStringClaim("sid"));
        assertThat(received.getAudience()).containsExactly("orders-api");
        assertThat(tier.last().everything()).doesNotContain(token);
    }

    /** Keycloak looks for the gateway in the token that it is to exchange, and in nothing else. */
    @Test
    void withoutTheAudienceInTheTokenItselfKeycloakDoesNotExchangeIt() {
        String token = keycloak.signInThrough("light-app", "alice").accessToken();

        assertProblem(gateway.get("/orders/1", token), 401, "subject_rejected");
        assertThat(gateway.get("/legacy/1", token).statusCode()).isEqualTo(200);
    }

    @Test
    void theClaimsOfTheAnswerCount() throws ParseException {
        for (String token : List.of(
                keycloak.signInThrough("light-app", "alice").accessToken(),
                keycloak.signInOnThePage("light-app", "alice").accessToken())) {
            assertThat(claims(token).getClaims()).doesNotContainKeys("sub", "realm_access");

            assertThat(gateway.get("/reports/1", token).statusCode()).isEqualTo(200);
            assertThat(SignedJWT.parse(
                                    tier.last().header("Procura-User-Context").orElseThrow())
                            .getJWTClaimsSet()
                            .getJSONObjectClaim("caller"))
                    .containsEntry("identity", Map.of("sub", subjectOf("alice")))
                    .containsEntry("client_id", "light-app");
            assertThat(tier.last().everything()).doesNotContain(token);
        }
    }

    @Test
    void aRoleThatTheAnswerDoesNotNameIsMissing() {
        String bob = keycloak.signInThrough("light-app", "bob").accessToken();

        assertProblem(gateway.get("/reports/1", bob), 403, "role_missing");
    }

    @Test
    void aLightweightTokenIsPassedOnAsItIs() {
        String token = keycloak.signInThrough("light-app", "alice").accessToken();

        assertThat(gateway.get("/legacy/1", token).statusCode()).isEqualTo(200);
        assertThat(tier.last().bearer()).isEqualTo(token);
    }

    /** Of its own token Keycloak leaves a sub; of the marks of an application, nothing but the grant in jti. */
    @Test
    void anApplicationWithALightweightTokenIsAnApplication() {
        String token = keycloak.clientToken("light-daemon", "orders.read", "front-door-light");

        assertProblem(gateway.get("/orders/1", token), 403, "caller_kind_refused");
        assertProblem(gateway.get("/legacy/1", token), 403, "caller_kind_refused");
        assertThat(gateway.get("/jobs/1", token).statusCode()).isEqualTo(200);
        assertThat(gateway.get("/jobs/1", keycloak.clientToken("light-daemon")).statusCode())
                .isEqualTo(200);
    }

    /** Answers carry client_id, as a service account's token does, and for users too. */
    @Test
    void aUserIsNoApplicationForBeingIntrospected() {
        String light = keycloak.signInThrough("light-app", "alice").accessToken();
        String full = keycloak.signInOnThePage("native-app", "alice").accessToken();

        assertProblem(gateway.get("/jobs/1", light), 403, "caller_kind_refused");
        assertProblem(gateway.get("/jobs/1", full), 403, "caller_kind_refused");
    }

    @Test
    void aTokenThatSaysEverythingItselfIsWhatItWas() throws ParseException {
        assertThat(gateway.get("/orders/1", keycloak.passwordToken("alice")).statusCode())
                .isEqualTo(200);
        assertThat(claims(tier.last().bearer()).getSubject()).isEqualTo(subjectOf("alice"));
        assertThat(gateway.get("/jobs/1", keycloak.clientToken("daemon")).statusCode())
                .isEqualTo(200);
        tier.reset();

        for (String client : List.of("daemon", "daemon-with-refresh")) {
            assertProblem(
                    gateway.get("/orders/1", keycloak.clientToken(client, "orders.read")), 403, "caller_kind_refused");
        }
    }

    /** Where nothing is exchanged, nobody but introspection can notice. */
    @Test
    void afterALogoutATokenThatWasNeverSeenIsRefused() {
        String full = keycloak.passwordToken("carol");
        String light = keycloak.signInThrough("light-app", "carol").accessToken();
        keycloak.admin().logout("carol");

        assertNotLetIn(full);
        assertNotLetIn(light);
    }

    @Test
    void afterALogoutATokenThatWasSeenIsRefusedWhenItsAnswerIsOld() throws ParseException {
        String ended = keycloak.passwordToken("carol");
        String endedLight = keycloak.signInThrough("light-app", "carol").accessToken();
        String other = keycloak.signInThrough("light-app", "carol").accessToken();
        for (String token : List.of(ended, endedLight, other)) {
            assertThat(gateway.get("/legacy/1", token).statusCode()).isEqualTo(200);
        }
        keycloak.admin().endSession(claims(ended).getStringClaim("sid"));
        keycloak.admin().endSession(claims(endedLight).getStringClaim("sid"));
        tier.reset();

        CLOCK.advance(ANSWER_LIFE);

        assertNotLetIn(ended);
        assertNotLetIn(endedLight);
        assertThat(gateway.get("/legacy/1", other).statusCode()).isEqualTo(200);
    }

    @Test
    void aTokenOfWhichKeycloakTellsTheGatewayNothingIsRefused() {
        assertNotLetIn(keycloak.clientToken("gateway", "reports"));
    }

    @Test
    void refreshAndIdTokensAreRefusedBeforeAnybodyIsAsked() {
        for (String client : List.of("native-app", "light-app")) {
            Answer signIn = keycloak.signInThrough(client, "alice", "openid");

            assertProblem(gateway.get("/legacy/1", member(signIn, "refresh_token")), 401, "algorithm_refused");
            assertProblem(gateway.get("/legacy/1", member(signIn, "id_token")), 401, "token_type_refused");
        }
    }

    private static void assertNotLetIn(String token) {
        HttpResponse<String> answer = gateway.get("/legacy/1", token);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).contains("error=\"invalid_token\"");
        assertThat(tier.received()).isEmpty();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(tier.received()).isEmpty();
    }

    private static String member(Answer signIn, String name) {
        String token = signIn.body().path(name).asString("");
        assertThat(token).as(name).isNotBlank();
        return token;
    }

    /** From a token that says it itself. */
    private static String subjectOf(String user) throws ParseException {
        return claims(keycloak.passwordToken(user)).getSubject();
    }

    private static JWTClaimsSet claims(String token) throws ParseException {
        return SignedJWT.parse(token).getJWTClaimsSet();
    }
}
