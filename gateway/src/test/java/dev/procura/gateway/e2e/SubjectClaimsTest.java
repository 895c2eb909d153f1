package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.text.ParseException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code cache.subject: claims} a renewed token uses what the one before it obtained, and no other token does. */
final class SubjectClaimsTest {

    private static FakeAuthorizationServer server;
    private static FakeAuthorizationServer otherServer;
    private static RecordingTier tier;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        server = FakeAuthorizationServer.start();
        otherServer = FakeAuthorizationServer.start();
        tier = RecordingTier.start();
        gateway = RunningGateway.start("""
                procura:
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway] }
                    partner: { issuer: "%2$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
                  routes:
                    - { id: orders, path: /orders/**, uri: "%3$s", credential: { on-behalf-of: gateway, audience: orders-api } }
                  cache: { subject: claims }
                """.formatted(server.issuer(), otherServer.issuer(), tier.uri()));
    }

    /** The gateway stays: closing one ends the event loops of all others that run in this JVM. */
    @AfterAll
    static void stop() {
        tier.close();
        otherServer.close();
        server.close();
    }

    /** What was obtained stays in the cache: each test has users of its own. */
    @BeforeEach
    void forget() {
        server.reset();
        tier.reset();
    }

    private static Map<String, Object> claims(String user, long issuedAt) {
        Map<String, Object> claims = new HashMap<>();
        claims.put("sub", user);
        claims.put("sid", "session-1");
        claims.put("iat", issuedAt);
        claims.put("nbf", issuedAt);
        claims.put("exp", Instant.now().getEpochSecond() + 200 + issuedAt % 100);
        return claims;
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private int get(String token) {
        return gateway.get("/orders/1", token).statusCode();
    }

    @Test
    void aRenewedTokenUsesWhatTheOneBeforeItObtained() throws ParseException {
        assertThat(get(server.token(claims("ada", now() - 50)))).isEqualTo(200);
        assertThat(get(server.token(claims("ada", now())))).isEqualTo(200);

        assertThat(server.tokenRequests()).hasSize(1);
        assertThat(tier.received()).hasSize(2);
        assertThat(SignedJWT.parse(tier.last().bearer()).getJWTClaimsSet().getSubject())
                .isEqualTo("ada");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sid", "scope", "client_id", "roles", "acr", "auth_time", "tenant", "nobody-knows-it"})
    void aTokenThatSaysAnythingElseDoesNot(String claim) {
        Map<String, Object> other = claims("of " + claim, now());
        other.put(claim, claim.equals("auth_time") ? now() : claim.equals("scope") ? "orders.read more" : "another");

        assertThat(get(server.token(claims("of " + claim, now())))).isEqualTo(200);
        assertThat(get(server.token(other))).isEqualTo(200);

        assertThat(server.tokenRequests()).hasSize(2);
    }

    @Test
    void twoPeopleWhoSayTheSameOfThemselvesElsewhereAreTwoPeople() throws ParseException {
        assertThat(get(server.token(claims("alice", now())))).isEqualTo(200);
        assertThat(get(server.token(claims("bob", now())))).isEqualTo(200);

        assertThat(server.tokenRequests()).hasSize(2);
        assertThat(SignedJWT.parse(tier.last().bearer()).getJWTClaimsSet().getSubject())
                .isEqualTo("bob");
    }

    @Test
    void twoIssuersWhoSayTheSameSpeakOfTwoPeople() {
        Map<String, Object> claims = claims("jo", now());
        server.answering(request -> server.issue(request, issued -> issued));

        get(server.token(claims));
        get(otherServer.token(claims));

        assertThat(server.tokenRequests())
                .extracting(request -> request.get("subject_token"))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    /** What stands for the caller is looked at after the token has been validated, on hits too. */
    @Test
    void aTokenThatOnlySaysTheSameOpensNothing() throws JOSEException {
        assertThat(get(server.token(claims("mia", now())))).isEqualTo(200);
        Map<String, Object> ended = claims("mia", now());
        ended.put("exp", now() - 60);

        for (String token : List.of(
                server.token(ended),
                server.sign(
                        claims("mia", now()),
                        new RSAKeyGenerator(2048).keyID("forged").generate()),
                server.token(claims("mia", now())).replaceFirst("[^.]*$", "AAAA"))) {
            assertThat(get(token)).isEqualTo(401);
        }
        assertThat(server.tokenRequests()).hasSize(1);
        assertThat(tier.received()).hasSize(1);
    }
}
